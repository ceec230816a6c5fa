import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ensurePackages } from '../../../framework/install/packages';
import { loadedTensorFlow } from '../../../framework/tensorflow/load';

/** What TensorFlow's Python half needs, which `exp setup` leaves out. */
const PACKAGES = {
  title: 'TensorFlow-Python',
  requirements: join(__dirname, 'requirements.txt'),
  download: '25 MB',
  space: 0.3e9,
  command: 'npm run test:long',
  alternatives: [],
};

/** Runs Python, as `python SCRIPT ARGUMENTS` or `python -m MODULE ARGUMENTS`. @returns what it prints */
export type Python = (...args: string[]) => string;

/** A Python that imports the TensorFlow of `exp setup`; installed once, in the cache. TensorFlow must be loaded. */
export async function pythonWithTensorFlow(): Promise<Python> {
  const command = await ensurePackages(PACKAGES);
  const env = { ...process.env, PYTHONPATH: dirname(loadedTensorFlow().library), TF_CPP_MIN_LOG_LEVEL: '3' };
  return (...args) => execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
