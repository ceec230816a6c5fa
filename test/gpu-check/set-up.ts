import { UserError } from '../../framework/errors';
import type { Installation } from '../../framework/tensorflow/install/installation';
import { smokeTest } from '../../framework/tensorflow/install/smoke-test';
import { exp, start } from '../support/exp';

/** Installs TensorFlow by `exp setup`, which shows its progress and remembers the choice of CUDA. @throws UserError if that fails */
export async function setUpTensorFlow(device: 'cpu' | 'gpu'): Promise<Installation> {
  const { child, ended } = start(['setup', '--json', ...(device === 'gpu' ? ['--variant', 'cuda'] : [])]);
  child.stderr?.pipe(process.stderr);
  const { code, stdout, stderr } = await ended;
  if (code === 0) return JSON.parse(stdout) as Installation;
  throw new UserError('exp setup failed.', { hints: stderr.trim().split('\n') });
}

/** @throws UserError with the output of `exp doctor` if TensorFlow does not compute on the GPU */
export async function requireTensorFlowOnGpu({ addon }: Installation): Promise<void> {
  if ((await smokeTest(addon)).gpu) return;
  const { stdout } = await exp(['doctor']);
  throw new UserError('TensorFlow does not compute on the GPU.', { hints: stdout.trim().split('\n') });
}
