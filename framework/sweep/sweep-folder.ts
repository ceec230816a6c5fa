import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../util/nearest';
import { UserError } from '../errors';
import { foldersIn } from '../util/folders';
import { newestFirst } from '../run/newest-first';
import { createTimestampedFolder } from '../run/timestamped-folder';
import { commandName } from '../util/command-name';

const SWEEPS = 'sweeps';
const RECORD = 'sweep.json';

/** Folder of a sweep: `runs/sweeps/<id>/`. Its runs are in the folders of their experiment. */
export class SweepFolder {
  constructor(readonly path: string) {}

  /** Creates a new folder, named by the time. @param runs folder of all runs */
  static create(runs: string, now = new Date()): SweepFolder {
    return new SweepFolder(createTimestampedFolder(join(runs, SWEEPS), now));
  }

  get id(): string {
    return basename(this.path);
  }

  /** Folder of all runs. */
  get runs(): string {
    return dirname(dirname(this.path));
  }

  /** Record of the sweep. */
  get record(): string {
    return join(this.path, RECORD);
  }

  /** Swept settings of each job so far. */
  get plan(): string {
    return join(this.path, 'plan.json');
  }

  /** Lock held by the process that runs the sweep. */
  get lock(): string {
    return join(this.path, 'lock');
  }

  /** Folder of a job's state and logs. */
  job(number: number): string {
    return join(this.path, 'jobs', String(number));
  }
}

/**
 * Finds a sweep by its id or folder; `latest` is the most recent one.
 * @throws UserError suggesting the nearest id
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
      ? `There are no sweeps yet: ${commandName()} sweep classify learningRate=1e-4,1e-3`
      : didYouMean(name, ids.slice(0, 10), 'The latest sweeps');
  throw new UserError(`There is no sweep "${name}" in ${runs}.`, { hints: [hint] });
}

function allSweeps(runs: string): SweepFolder[] {
  return foldersIn(join(runs, SWEEPS)).map((name) => new SweepFolder(join(runs, SWEEPS, name)));
}
