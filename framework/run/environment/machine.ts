import { availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os';
import { queryGpus } from './gpus';

/** Machine of a process. */
export interface Machine {
  readonly host: string;
  readonly system: string;
  /** `usable` is the number of cores available to the process. */
  readonly cpu: { readonly model: string; readonly count: number; readonly usable: number };
  readonly memoryMiB: number;
  readonly gpus: readonly { readonly name: string; readonly memoryMiB: number; readonly driver: string }[];
}

export async function describeMachine(): Promise<Machine> {
  const gpus = (await queryGpus(['name', 'memory.total', 'driver_version'])) ?? [];
  return {
    host: hostname(),
    system: `${type()} ${release()}`,
    cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', count: cpus().length, usable: availableParallelism() },
    memoryMiB: mebibytes(Math.min(totalmem(), process.constrainedMemory() || Infinity)),
    gpus: gpus.map(([name = '', memory, driver = '']) => ({ name, memoryMiB: Number(memory), driver })),
  };
}

/** Bytes in MiB, rounded. */
export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
