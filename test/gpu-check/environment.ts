import { execFileSync } from 'node:child_process';
import { ownVersions } from '../../framework/run/environment/environment-record';
import { queryGpus } from '../../framework/run/environment/gpus';
import { describeMachine } from '../../framework/run/environment/machine';
import { UserError } from '../../framework/errors';
import { EXACT } from '../bench/measure-case';

/** An NVIDIA GPU. */
export interface Gpu {
  readonly name: string;
  readonly memoryMiB: number;
  readonly driver: string;
  /** As NVIDIA counts it: 8.0 is the first with tf32. */
  readonly computeCapability: number;
}

/** What the figures were measured on. */
export interface Environment {
  readonly gpus: readonly Gpu[];
  readonly processor: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly system: string;
  /** Of exp, Node, TensorFlow and PyTorch; `commit` is that of this checkout. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Describes the machine, and the versions that are known before TensorFlow is installed. */
export async function describeEnvironment(python: string | undefined): Promise<Environment> {
  const { cpu, memoryMiB, system } = await describeMachine();
  const commit = outputOf('git', '-C', __dirname, 'describe', '--always', '--dirty');
  const torch = python && outputOf(python, '-c', 'import torch; print(torch.__version__)');
  return {
    gpus: await listGpus(),
    ...{ processor: cpu.model, cores: cpu.usable, memoryMiB, system },
    versions: { ...ownVersions(), ...(commit && { commit }), ...(torch && { torch }) },
  };
}

async function listGpus(): Promise<Gpu[]> {
  const rows = (await queryGpus(['name', 'memory.total', 'driver_version', 'compute_cap'])) ?? [];
  return rows.map(([name = '', memory, driver = '', capability]) => ({
    ...{ name, driver, memoryMiB: Number(memory), computeCapability: Number(capability) },
  }));
}

/** @throws UserError if the check cannot use a GPU of this machine */
export function requireGpu({ gpus }: Environment): void {
  if (gpus.length > 0) return;
  throw new UserError('nvidia-smi is missing or lists no GPU: this check needs an NVIDIA GPU and its driver.', {
    hints: [
      'Check the driver: nvidia-smi',
      'Try the check itself on the CPU: npm run gpu-check -- --device cpu --quick',
    ],
  });
}

/** Environment variables that have a process compute on one device only, in full float32. */
export function deviceVariables(device: 'cpu' | 'gpu'): Record<string, string> {
  return { ...EXACT, CUDA_VISIBLE_DEVICES: device === 'cpu' ? '-1' : '0' };
}

/** @throws UserError if a Python's PyTorch would not compute on the GPU */
export function requireTorchOnGpu(python: string): void {
  const answer = outputOf(python, '-c', 'import torch; print(torch.cuda.is_available())');
  if (answer === 'True') return;
  throw new UserError(`--python ${python}: its PyTorch finds no GPU.`, {
    hints: ['Install a build of PyTorch for CUDA, or leave out --python.'],
  });
}

function outputOf(program: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
