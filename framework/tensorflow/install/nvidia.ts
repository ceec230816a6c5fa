import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from '../../install/programs';

/** Whether an NVIDIA GPU and its driver are there. Costs nothing where there is neither. */
export function hasNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/gpus') || nvidiaGpus().length > 0;
}

/** The NVIDIA GPUs that the driver names. */
export function nvidiaGpus(): string[] {
  if (!findProgram('nvidia-smi')) return [];
  const { status, stdout } = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout.split('\n').filter((line) => line.startsWith('GPU ')) : [];
}
