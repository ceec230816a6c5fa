import { UserError, optional, value } from 'explab';

/** Settings of jobs that Slurm runs; what is left out is as the cluster has it. */
export class SlurmSettings {
  /** The partition. */
  partition = optional('string', { role: 'meta' });
  /** The account that is charged. */
  account = optional('string', { role: 'meta' });
  /** The quality of service. */
  qos = optional('string', { role: 'meta' });
  /** Machines of each job; each has a worker for each of its GPUs, or one. */
  nodes = optional('number', { integer: true, min: 1, role: 'meta' });
  /** GPUs of each machine. */
  gpus = optional('number', { integer: true, min: 1, role: 'meta' });
  /** CPUs of each worker; it computes with as many threads. */
  cpus = optional('number', { integer: true, min: 1, role: 'meta' });
  /** Memory of each machine: 16G. */
  memory = optional('string', { role: 'meta' });
  /** How long a job may take until it saves and queues again: 12:00:00 or 2-12 (days and hours). */
  time = optional('string', { role: 'meta' });
  /** Features that the machines must have. */
  constraint = optional('string', { role: 'meta' });
  /** MPI of the cluster, which several workers use instead of exp's: the folder it is installed in, or its library. */
  mpi = optional('string', { role: 'meta' });
  /** Type of MPI that srun starts several workers with, one of `srun --mpi=list`: pmix for Open MPI. */
  pmi = value('pmi2', { role: 'meta' });
  /** Further options of sbatch: [--exclusive,--mail-type=END]. */
  extra = value([], { type: ['string'], role: 'meta' });
  /** How long before the end of its time a job begins to save. */
  saveSeconds = value(120, { integer: true, min: 1, max: 65_535, unit: 'seconds', role: 'meta' });
  /** How many times in a row a job is started again that has saved nothing new. */
  retries = value(3, { integer: true, min: 0, role: 'meta' });
}

/** How many processes each machine runs. */
export const workersPerNode = ({ gpus = 1 }: SlurmSettings): number => gpus;

/** How many processes a job has in all. */
export const workersOf = (settings: SlurmSettings): number => (settings.nodes ?? 1) * workersPerNode(settings);

/**
 * Checks what can be told without Slurm.
 * @throws UserError for a text that is not of the form that is wanted
 */
export function checkSettings(settings: SlurmSettings): void {
  const { memory, time, extra, saveSeconds } = settings;
  for (const key of ['partition', 'account', 'qos', 'constraint', 'pmi'] as const) {
    const text = settings[key];
    if (text !== undefined && !/^\S+$/.test(text)) throw wrong(key, text, 'a word without spaces is wanted');
  }
  if (memory !== undefined && !/^\d+[KMGT]?$/i.test(memory)) {
    throw wrong(
      'memory',
      memory,
      'a whole number and perhaps K, M, G or T is wanted',
      'For example: launcher.memory=16G',
    );
  }
  const odd = extra.find((line) => !/^-\S[^\n]*$/.test(line));
  if (odd !== undefined)
    throw wrong('extra', odd, 'an option of sbatch is wanted', 'For example: launcher.extra=[--exclusive]');
  if (time !== undefined) checkTime(time, saveSeconds);
}

function checkTime(time: string, saveSeconds: number): void {
  const seconds = secondsOf(time);
  if (seconds === undefined) {
    throw wrong(
      'time',
      time,
      'that is no time',
      'For example 90 (minutes), 12:00:00 (hours), 2-12 (days and hours), 2-12:30:00.',
    );
  }
  // Slurm looks at the clock once a minute, and gives the signal up to a minute early.
  if (seconds > saveSeconds + 60) return;
  throw wrong(
    'time',
    time,
    `a job would begin to save as soon as it starts: it saves ${saveSeconds + 60} seconds before its end`,
    'Give it more time, or less for saving: launcher.saveSeconds=60',
  );
}

/** How many seconds a time of Slurm's is; nothing for a text that is none. */
export function secondsOf(time: string): number | undefined {
  if (/^(infinite|unlimited)$/i.test(time)) return Infinity;
  const [, days, first, second, third] = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(time) ?? [];
  if (first === undefined) return undefined;
  const [a, b, c] = [first, second ?? '0', third ?? '0'].map(Number) as [number, number, number];
  // Alone or with one more, a number counts minutes; after days, or with two more, it counts hours.
  if (days === undefined && third === undefined) return a * 60 + b;
  return Number(days ?? 0) * 86_400 + a * 3600 + b * 60 + c;
}

function wrong(key: string, text: string, why: string, ...hints: string[]): UserError {
  return new UserError(`launcher.${key}=${text}: ${why}.`, { hints, exitCode: 2 });
}
