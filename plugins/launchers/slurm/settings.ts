import { UserError, optional, value } from 'explab';

/** Settings of Slurm jobs; the cluster's defaults apply where unset. */
export class SlurmSettings {
  /** Slurm partition. */
  partition = optional('string', { role: 'meta' });
  /** Account that is charged. */
  account = optional('string', { role: 'meta' });
  /** Quality of service (QOS). */
  qos = optional('string', { role: 'meta' });
  /** Number of nodes per job; each runs one worker per GPU, or one. */
  nodes = optional('number', { integer: true, min: 1, role: 'meta' });
  /** Number of GPUs per node. */
  gpus = optional('number', { integer: true, min: 1, role: 'meta' });
  /** CPUs, and threads, per worker. */
  cpus = optional('number', { integer: true, min: 1, role: 'meta' });
  /** Memory per node, e.g. 16G. */
  memory = optional('string', { role: 'meta' });
  /** Time limit, at which a job saves and is requeued: 12:00:00 or 2-12 (days and hours). */
  time = optional('string', { role: 'meta' });
  /** Node features that are required. */
  constraint = optional('string', { role: 'meta' });
  /** MPI installation of the cluster, used instead of exp's own for multiple workers: its folder or its library. */
  mpi = optional('string', { role: 'meta' });
  /** MPI plugin that srun starts multiple workers with, from `srun --mpi=list`: pmix for Open MPI. */
  pmi = value('pmi2', { role: 'meta' });
  /** Additional sbatch options, e.g. [--exclusive,--mail-type=END]. */
  extra = value([], { type: ['string'], role: 'meta' });
  /** Time before the time limit at which a job starts to save. */
  saveSeconds = value(120, { integer: true, min: 1, max: 65_535, unit: 'seconds', role: 'meta' });
  /** Maximum number of consecutive restarts without a new checkpoint. */
  retries = value(3, { integer: true, min: 0, role: 'meta' });
}

/** Number of workers on each node. */
export const workersPerNode = ({ gpus = 1 }: SlurmSettings): number => gpus;

/** Number of workers of a job. */
export const workersOf = (settings: SlurmSettings): number => (settings.nodes ?? 1) * workersPerNode(settings);

/**
 * Validates the settings without Slurm.
 * @throws UserError for a malformed value
 */
export function checkSettings(settings: SlurmSettings): void {
  const { memory, time, extra, saveSeconds } = settings;
  for (const key of ['partition', 'account', 'qos', 'constraint', 'pmi'] as const) {
    const text = settings[key];
    if (text !== undefined && !/^\S+$/.test(text)) throw invalidSetting(key, text, 'expected a word without spaces');
  }
  if (memory !== undefined && !/^\d+[KMGT]?$/i.test(memory)) {
    throw invalidSetting(
      'memory',
      memory,
      'expected an integer, optionally followed by K, M, G or T',
      'For example: launcher.memory=16G',
    );
  }
  const invalid = extra.find((line) => !/^-\S[^\n]*$/.test(line));
  if (invalid !== undefined)
    throw invalidSetting('extra', invalid, 'expected an sbatch option', 'For example: launcher.extra=[--exclusive]');
  if (time !== undefined) checkTime(time, saveSeconds);
}

function checkTime(time: string, saveSeconds: number): void {
  const seconds = secondsOf(time);
  if (seconds === undefined) {
    throw invalidSetting(
      'time',
      time,
      'expected a time',
      'For example: 90 (minutes), 12:00:00 (hours), 2-12 (days and hours), 2-12:30:00.',
    );
  }
  // Slurm checks times once a minute, and may send the signal up to a minute early.
  if (seconds > saveSeconds + 60) return;
  throw invalidSetting(
    'time',
    time,
    `a job would save as soon as it starts: saving begins ${saveSeconds + 60} seconds before the limit`,
    'Raise the time limit, or reserve less time for saving: launcher.saveSeconds=60',
  );
}

/** Parses a Slurm time. @returns seconds; undefined if it is not a time */
export function secondsOf(time: string): number | undefined {
  if (/^(infinite|unlimited)$/i.test(time)) return Infinity;
  const [, days, first, second, third] = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(time) ?? [];
  if (first === undefined) return undefined;
  const [a, b, c] = [first, second ?? '0', third ?? '0'].map(Number) as [number, number, number];
  // The first number is minutes if it stands alone or before one other, and hours after days or before two others.
  if (days === undefined && third === undefined) return a * 60 + b;
  return Number(days ?? 0) * 86_400 + a * 3600 + b * 60 + c;
}

function invalidSetting(key: string, text: string, reason: string, ...hints: string[]): UserError {
  return new UserError(`launcher.${key}=${text}: ${reason}.`, { hints, exitCode: 2 });
}
