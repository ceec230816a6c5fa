import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../util/nearest';
import { UserError } from '../errors';
import { foldersIn } from '../util/folders';
import { newestFirst } from '../run/newest-first';
import { createTimestampedFolder } from '../run/timestamped-folder';

const SWEEPS = 'sweeps';
const RECORD = 'sweep.json';

/** Where a sweep keeps its files: `runs/sweeps/<id>/`. Its runs lie among all others. */
export class SweepFolder {
  constructor(readonly path: string) {}

  /** Makes a new folder, named by the time. @param runs the folder of all runs */
  static create(runs: string, now = new Date()): SweepFolder {
    return new SweepFolder(createTimestampedFolder(join(runs, SWEEPS), now));
  }

  get id(): string {
    return basename(this.path);
  }

  /** The folder of all runs. */
  get runs(): string {
    return dirname(dirname(this.path));
  }

  /** What was asked for. */
  get record(): string {
    return join(this.path, RECORD);
  }

  /** The swept settings of each job so far. */
  get plan(): string {
    return join(this.path, 'plan.json');
  }

  /** Held by the process that runs the sweep. */
  get lock(): string {
    return join(this.path, 'lock');
  }

  /** Where a job's state and logs are. */
  job(number: number): string {
    return join(this.path, 'jobs', String(number));
  }
}

/**
 * The sweep of that id or folder; `latest` is the newest.
 * @throws UserError proposing the nearest id
 */
export function findSweep(runs: string, name: string): SweepFolder {
  const byPath = new SweepFolder(resolve(name));
  if (name !== '' && existsSync(byPath.record)) return byPath;
  const sweeps = [...newestFirst(allSweeps(runs))];
  const ids = sweeps.map(({ id }) => id);
  const sweep = name === 'latest' ? sweeps[0] : sweeps.find(({ id }) => id === name);
  if (sweep) return sweep;
  const hint =
    ids.length === 0
      ? 'There are no sweeps yet: exp sweep classify learningRate=1e-4,1e-3'
      : didYouMean(name, ids.slice(0, 10), 'The latest sweeps');
  throw new UserError(`There is no sweep "${name}" in ${runs}.`, { hints: [hint] });
}

function allSweeps(runs: string): SweepFolder[] {
  return foldersIn(join(runs, SWEEPS)).map((name) => new SweepFolder(join(runs, SWEEPS, name)));
}
