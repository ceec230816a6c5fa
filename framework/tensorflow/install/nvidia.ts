import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from '../../install/programs';

/** Whether an NVIDIA GPU and its driver are present. Free on machines without them. */
export function hasNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/gpus') || nvidiaGpus().length > 0;
}

/** NVIDIA GPUs listed by the driver. */
export function nvidiaGpus(): string[] {
  if (!findProgram('nvidia-smi')) return [];
  const { status, stdout } = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout.split('\n').filter((line) => line.startsWith('GPU ')) : [];
}
