import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseOverrides } from '../../framework/config/parse/override';
import { Resolution } from '../../framework/config/resolve/resolution';
import { findExperiment } from '../../framework/experiment/find-experiment';
import { readRecipes } from '../../framework/run/recipe/recipe';
import { command } from '../support/cli';
import { ingredientsOf } from '../support/run-options';
import { makeRun } from '../support/runs';
import { temporaryFolder } from '../support/temporary';

const recipes = readRecipes(join(__dirname, '../../experiments/diffuse'));

describe('the recipes of diffuse', () => {
  const runs = temporaryFolder();

  for (const { name, settings } of recipes) {
    it(`have a preset with unchanged values: ${name}`, () => {
      const { registry } = ingredientsOf('diffuse', []);
      const overrides = parseOverrides([`preset=${name}`]);
      const { root } = new Resolution(registry, findExperiment(registry, 'diffuse'), overrides);
      const entries = [...root.entries()].map(({ key, value }) => [key, value] as const);
      const found = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(settings, key)));
      expect(found).to.deep.equal(settings);
    });
  }

  /** A run whose loss is so many times that of the recorded ones. */
  function digits(id: string, factor: number): void {
    const recipe = recipes.find(({ name }) => name === 'digits')!;
    const points = recipe.curves['loss']!.map(({ to, mean }) => ({ step: to, loss: factor * mean }));
    makeRun(runs(), { id, settings: { ...recipe.settings, seed: 9 }, points });
  }

  it('show whether a run matches the recorded ones', async () => {
    digits('good', 1.01);
    const good = await command(['compare-recipe', 'good'], runs());
    expect([good.code, good.err]).to.deep.equal([0, '']);
    expect(good.out).to.match(/^digits: exp run diffuse preset=digits, recorded from seed 1/);
    expect(good.out).to.match(/On the curve, in all intervals\.$/);
    digits('bad', 1.5);
    const bad = await command(['compare-recipe', 'bad'], runs());
    expect(bad.out).to.match(/Off the curve: loss is above the expected range at steps 1 to 280/);
    expect(JSON.parse((await command(['compare-recipe', 'bad', '--json'], runs())).out)).to.nested.include({
      'left.from': 0,
      'left.verdict': 'above',
    });
  });

  it('explain how to record a curve if there is none yet', async () => {
    digits('good', 1);
    const { out } = await command(['compare-recipe', 'good', '--recipe', 'mnist'], runs());
    expect(out).to.contain('No curve has been recorded yet').and.contain('exp record-recipe mnist');
    expect(out).to.contain('dataset is Digits, not MNIST');
  });

  it('are chosen by existing names', async () => {
    digits('good', 1);
    const { err, code } = await command(['compare-recipe', 'good', '--recipe', 'digit'], runs());
    expect([err, code]).to.deep.equal([
      'Unknown recipe "digit".\n  Did you mean digits? Recipes: celeba, digits, mnist.',
      2,
    ]);
  });

  it('are recorded from runs to a file', async () => {
    digits('good', 1);
    const file = join(runs(), 'mine.json');
    const { err, code } = await command(['record-recipe', 'mine', 'good', '--note', 'A try', '--out', file], runs());
    expect([err, code, existsSync(file)]).to.deep.equal(['', 0, true]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.nested.include({
      name: 'mine',
      note: 'A try',
      'runs[0].seed': 9,
    });
  });
});
