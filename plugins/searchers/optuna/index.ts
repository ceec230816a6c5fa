import { join } from 'node:path';
import { type Search, type SearchSpace, Searcher, type Suggestion, ensurePackages, option, value } from 'explab';
import { Study } from './study';

/** Settings of Optuna's search. */
export class OptunaSettings {
  /** Number of jobs. */
  trials = value(20, { integer: true, min: 1 });
  /** Optuna sampler: tree-structured Parzen estimator (TPE) or covariance matrix adaptation (CMA-ES). */
  sampler = value('TPE', { choices: ['TPE', 'CMA-ES'] });
  /** Number of random jobs before the sampler uses results. */
  startup = value(10, { integer: true, min: 0 });
  /** Random seed of the search. */
  seed = value(1, { integer: true, min: 0 });
}

/** Python packages, installed when a sweep first needs them. */
export const OPTUNA = {
  title: 'Optuna',
  requirements: join(__dirname, 'requirements.txt'),
  download: '25 MB',
  space: 0.3e9,
  command: 'exp sweep ...',
  alternatives: ['Or use random search: --sweep searcher=Random'],
};

/** Optuna: adaptive search that learns from finished jobs. Its study is `optuna.db` in the sweep's folder. */
@option(Searcher, 'Optuna', OptunaSettings)
export class OptunaSearcher extends Searcher {
  override readonly isAdaptive = true;
  private study: Study | undefined;

  constructor(private readonly settings: OptunaSettings) {
    super();
  }

  count(): number {
    return this.settings.trials;
  }

  override async open({ space, goal, folder }: Search): Promise<void> {
    const { sampler, seed, startup } = this.settings;
    const direction = goal === 'min' ? 'minimize' : 'maximize';
    const storage = join(folder, 'optuna.db');
    this.study = await Study.open(await ensurePackages(OPTUNA), { storage, direction, space, sampler, seed, startup });
  }

  async suggest(_space: SearchSpace, job: number): Promise<Suggestion> {
    const suggested = await this.opened().ask(job);
    return Object.fromEntries(Object.entries(suggested).map(([key, each]) => [key, String(each)]));
  }

  override tell(job: number, metric: number | undefined): Promise<void> {
    return this.opened().tell(job, metric);
  }

  /** Called when the sweep ends. */
  close(): void {
    this.study?.close();
  }

  private opened(): Study {
    if (!this.study) throw new Error('the search was used before it was opened');
    return this.study;
  }
}
