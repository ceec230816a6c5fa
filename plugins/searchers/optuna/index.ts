import { join } from 'node:path';
import { inject } from 'inversify';
import { type Search, type SearchSpace, Searcher, type Suggestion, ensurePackages, option, value } from 'explab';
import { Study } from './study';

/** Settings of Optuna's search. */
export class OptunaSettings {
  /** How many jobs there are. */
  trials = value(20, { integer: true, min: 1 });
  /** What suggests: a tree-structured Parzen estimator (TPE), or evolution of a covariance matrix (CMA-ES). */
  sampler = value('TPE', { choices: ['TPE', 'CMA-ES'] });
  /** Jobs at random before the sampler learns from results. */
  startup = value(10, { integer: true, min: 0 });
  /** What every draw follows from. */
  seed = value(1, { integer: true, min: 0 });
}

/** The Python packages, installed when a sweep first needs them. */
export const OPTUNA = {
  title: 'Optuna',
  requirements: join(__dirname, 'requirements.txt'),
  download: '25 MB',
  space: 0.3e9,
  command: 'exp sweep ...',
  alternatives: ['Or search without it: --sweep searcher=Random'],
};

/** Suggestions by Optuna, which learns from the jobs that have ended. Its study is `optuna.db` in the sweep's folder. */
@option(Searcher, 'Optuna', OptunaSettings)
export class OptunaSearcher extends Searcher {
  override readonly isAdaptive = true;
  private study: Study | undefined;

  constructor(@inject(OptunaSettings) private readonly settings: OptunaSettings) {
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
