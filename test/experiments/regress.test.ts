import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { UserError } from '../../framework/errors';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { evaluateRun } from '../../framework/experiment/evaluation/evaluate-run';
import { rejection } from '../support/rejection';
import { ingredientsOf, metricsOf } from '../support/run-options';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';

describe('regress', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const train = async (...args: string[]) =>
    (await startRun(ingredientsOf('regress', ['trackers=[JSONL]', ...args]), runs())).folder;

  it('predicts a column of a CSV file', async () => {
    // y = 3 a - 2 b + 1
    const rows = Array.from({ length: 200 }, (_, row) => [Math.sin(row), Math.cos(3 * row)]);
    const lines = rows.map(([a = 0, b = 0]) => `${a},${b},${3 * a - 2 * b + 1}`);
    const path = join(runs(), 'plane.csv');
    writeFileSync(path, ['a,b,y', ...lines].join('\n'));
    const folder = await train('dataset=CSV', `dataset.path=${path}`, 'epochs=60');
    // The variance of y is about (3² + 2²) / 2.
    expect(metricsOf(folder).at(-1)!['valid/loss']).to.be.below(0.1);
    const { registry, monitor } = ingredientsOf('regress', []);
    const request = { registry, monitor, runs: runs(), run: 'latest', seed: 1, settings: [] };
    const { evaluation } = await evaluateRun(request);
    expect(evaluation.numbers['valid/loss']).to.equal(metricsOf(folder).at(-1)!['valid/loss']);
  });

  it('measures each held-out row once in an epoch if its evaluations are spread', async () => {
    // 40 held-out rows are 4 batches, 160 training rows 16: the weights do not change, so the means of the parts have the mean of all.
    const args = ['dataset.rows=200', 'batchSize=10', 'learningRate=0', 'epochs=1', 'compile=false'];
    const folder = await train(...args, 'evaluation.perEpoch=2', 'evaluation.spread=true');
    const whole = await train(...args);
    const losses = metricsOf(folder).flatMap(({ 'valid/loss': loss }) => (loss === undefined ? [] : [loss]));
    expect(losses).to.have.length(2);
    expect(losses[0]).not.to.equal(losses[1]);
    expect((losses[0]! + losses[1]!) / 2).to.be.closeTo(metricsOf(whole).at(-1)!['valid/loss']!, 1e-5);
  });

  it('resumes to the same numbers as an uninterrupted run', async () => {
    const args = ['epochs=3', 'checkpoint.everySteps=5', 'ema=0.9', 'clipNorm=5', 'microBatches=2'];
    const whole = await train(...args);
    const part = await train(...args, 'maxSteps=20');
    const ingredients = ingredientsOf('regress', ['trackers=[JSONL]', ...args, 'maxSteps=1000000']);
    await resumeRun(ingredients, part, { changes: ingredients.overrides.slice(-1) });
    const numbers = (folder: typeof whole) => metricsOf(folder).map(({ time: _, ...rest }) => rest);
    expect(numbers(part).at(-1)).to.deep.equal(numbers(whole).at(-1));
  });

  it('can change the learning rates of groups of parameters when it is resumed, but not which are frozen', async () => {
    const run = await train('maxSteps=2', 'compile=false', 'optimizer.groups.*bias.rate=0.5');
    const resume = (...args: string[]) => {
      const ingredients = ingredientsOf('regress', ['trackers=[JSONL]', 'compile=false', ...args]);
      return resumeRun(ingredients, run, { changes: ingredients.overrides });
    };
    expect((await resume('maxSteps=3', 'optimizer.groups.*bias.rate=2')).status).to.equal('completed');
    const refused = resume('maxSteps=4', 'optimizer.groups.*bias.frozen=true');
    const { message, hints } = (await rejection(refused)) as UserError;
    expect(message).to.match(/optimizer\.safetensors does not match the optimizer; nothing was loaded\.$/);
    expect(hints.join('\n')).to.match(/groups freeze.*\n.*bias\.exp_avg: only in the file/);
  });
});
