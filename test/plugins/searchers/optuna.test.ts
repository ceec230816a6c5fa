import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../framework/errors';
import { ensurePackages } from '../../../framework/install/packages';
import { parseSweptSettings } from '../../../framework/sweep/search-space';
import { OPTUNA, OptunaSearcher, OptunaSettings } from '../../../plugins/searchers/optuna';
import { Study } from '../../../plugins/searchers/optuna/study';
import reference from '../../reference/optuna-suggestions.json';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const SPACE = parseSweptSettings([
  'rate=loguniform(1e-5,1e-1)',
  'share=uniform(0,1)',
  'depth=integers(1,8)',
  'model=a,b,c',
]).space;

/** Least at rate = 1e-3, share = 0.3, depth = 4 and model b, as in test/reference/optuna_suggestions.py. */
function objective({ rate, share, depth, model }: Readonly<Record<string, string>>): number {
  const [logRate, square] = [Math.log10(Number(rate)), (x: number) => x * x];
  return square(logRate + 3) + square(Number(share) - 0.3) + square(Number(depth) - 4) / 10 + (model === 'b' ? 0 : 0.5);
}

describe("Optuna's search", function () {
  const folder = temporaryFolder();
  let python = '';
  before(async function () {
    this.timeout(10 * 60_000);
    python = await ensurePackages(OPTUNA);
  });

  async function open(sampler: 'TPE' | 'CMA-ES' = 'TPE'): Promise<OptunaSearcher> {
    const { seed, startup } = reference;
    const searcher = new OptunaSearcher(settingsOf(OptunaSettings, { sampler, seed, startup }));
    await searcher.open({ space: SPACE, goal: 'min', folder: folder() });
    return searcher;
  }

  /** Asks and tells as a sweep of one job at a time does. */
  async function go(searcher: OptunaSearcher, from: number, to: number) {
    const suggestions: Record<string, string>[] = [];
    for (let job = from; job < to; job++) {
      const suggestion = await searcher.suggest(SPACE, job);
      suggestions.push(suggestion);
      await searcher.tell(job, job === reference.failed ? undefined : objective(suggestion));
    }
    return suggestions;
  }

  function expectSame(found: readonly Record<string, string>[], wanted: readonly Record<string, string | number>[]) {
    expect(found).to.have.length(wanted.length);
    for (const [job, { rate, share, depth, model }] of wanted.entries()) {
      expect(found[job]).to.include({ depth: String(depth), model });
      expect(Number(found[job]!['rate']) / Number(rate), `rate of ${job}`).to.be.closeTo(1, 1e-9);
      expect(Number(found[job]!['share']), `share of ${job}`).to.be.closeTo(Number(share), 1e-9);
    }
  }

  for (const sampler of ['TPE', 'CMA-ES'] as const) {
    it(`suggests with ${sampler} what Optuna suggests from Python`, async () => {
      const searcher = await open(sampler);
      expectSame(await go(searcher, 0, 12), reference.suggestions[sampler]);
      searcher.close();
    });
  }

  it('resumes from its storage as if it had never been closed', async () => {
    const first = await open();
    const before = await go(first, 0, 7);
    // Asked for, and never told.
    const asked = await first.suggest(SPACE, 7);
    first.close();
    const second = await open();
    for (const [job, suggestion] of before.entries()) await second.tell(job, objective(suggestion));
    expect(await second.suggest(SPACE, 7)).to.deep.equal(asked);
    await second.tell(7, objective(asked));
    expectSame([...before, asked, ...(await go(second, 8, 12))], reference.suggestions.TPE);
    second.close();
    expect(existsSync(join(folder(), 'optuna.db'))).to.equal(true);
  });

  it("reports Python's last output if it exits", async () => {
    const searcher = await open();
    const error = await rejection(searcher.suggest(SPACE, 5));
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property('text')
      .that.matches(/^The Optuna process ended unexpectedly\.\n[^]*job 5 was requested before job 0/);
    expect(await rejection(searcher.suggest(SPACE, 0))).to.be.an('error');
  });

  it('ends when its input does', async () => {
    const options = { direction: 'minimize', space: SPACE, sampler: 'TPE', seed: 1, startup: 1 } as const;
    const study = await Study.open(python, { ...options, storage: join(folder(), 'optuna.db') });
    study.close();
    expect(await rejection(study.ask(0))).to.be.an('error');
  });
});
