import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { UserError } from '../../../framework/errors';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { readRecord } from '../../../framework/run/run-record';
import { hasDiverged, smoothed, steepest } from '../../../plugins/callbacks/learning-rate-finder/curve';
import { rejection } from '../../support/rejection';
import { ingredientsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** Losses at learning rates 1, 10, 100 ... */
const curveOf = (losses: readonly number[]) => losses.map((loss, index) => ({ rate: 10 ** index, loss }));

const SETTINGS = ['minFactor=1e-2', 'maxFactor=1e4', 'steps=12'].map((each) => `callbacks.LearningRateFinder.${each}`);
const FINDER = ['trackers=[]', 'compile=false', 'optimizer=SGD', 'callbacks=[LearningRateFinder]', ...SETTINGS];

describe('LearningRateFinder', () => {
  it('smooths the loss without a bias towards 0', () => {
    // 0.5 · 4 / 0.5, (0.5 · 2 + 0.5 · 1) / 0.75, (0.5 · 1.5 + 0.5 · 3) / 0.875 with a decay of 0.5
    const losses = smoothed(curveOf([4, 1, 3]), 0.5).map(({ loss }) => loss);
    expect(losses).to.deep.equal([4, 2, 2.25 / 0.875]);
  });

  it('suggests the learning rate of the steepest descent', () => {
    // numpy.gradient([5, 5, 4.5, 2, 1, 1, 4]) = [0, -0.25, -1.5, -1.75, -0.5, 1.5, 3]
    expect(steepest(curveOf([5, 5, 4.5, 2, 1, 1, 4]))).to.deep.equal({ rate: 1000, loss: 2 });
    expect(steepest(curveOf([1, 2, 3]))).to.equal(undefined);
  });

  it('ends once the loss is above four times its minimum, for a negative loss as far above', () => {
    expect([7.9, 8.1].map((last) => hasDiverged(curveOf([5, 2, last])))).to.deep.equal([false, true]);
    expect([3.9, 4.1].map((last) => hasDiverged(curveOf([1, -2, last])))).to.deep.equal([false, true]);
  });

  describe('in a run', () => {
    withTensorFlow();
    const runs = temporaryFolder();
    const small = ['batchSize=400', 'epochs=20', 'model.hidden=[4]'];

    it('raises the learning rate exponentially, reports a suggestion, and continues when it is resumed', async () => {
      const output: string[] = [];
      const start = (...args: string[]) =>
        startRun(ingredientsOf('regress', [...small, ...FINDER, ...args], { output }), runs());
      const whole = await start();
      const csv = (folder: string, step: number) => join(folder, 'artifacts', `learning-rate-finder-curve-${step}.csv`);
      const table = readFileSync(csv(whole.folder.path, whole.step), 'utf8');
      const rates = table
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => Number(row.split(',')[0]));
      // Factors of learningRate=0.01 from 1e-2, six decades in eleven ratios.
      for (const [index, rate] of rates.entries())
        expect(rate / (1e-4 * 10 ** ((6 / 11) * index))).to.be.closeTo(1, 1e-9);
      expect(readRecord(whole.folder).stopped).to.match(/^The loss has diverged/);
      expect(output.join('')).to.match(/\nSuggested learning rate: [\d.e-]+, where the loss falls fastest\.\n/);
      expect(existsSync(join(whole.folder.samples, `learning-rate-finder-${whole.step}.png`))).to.equal(true);

      const part = await start('maxSteps=4');
      const { registry, monitor, name, overrides } = ingredientsOf('regress', [...small, ...FINDER, 'maxSteps=1000']);
      await resumeRun({ registry, monitor, name, overrides }, part.folder, { changes: overrides.slice(-1) });
      expect(readFileSync(csv(part.folder.path, whole.step), 'utf8')).to.equal(table);
    });

    describe('with a learning rate at which the loss exceeds float32', () => {
      const SPAN = ['minFactor=1e-37', 'maxFactor=1e38', 'steps=10'].map(
        (each) => `callbacks.LearningRateFinder.${each}`,
      );
      const JUMP = [...small, 'model.hidden=[4,4]', ...FINDER, ...SPAN];

      it('ends the search there, and suggests one of those before', async () => {
        const output: string[] = [];
        const { folder, status, step } = await startRun(
          ingredientsOf('regress', [...JUMP, 'learningRate=50'], { output }),
          runs(),
        );
        const { stopped } = readRecord(folder);
        expect(status).to.equal('completed');
        expect(stopped).to.equal('The loss or its gradient is not finite: the learning rates are covered.');
        const curve = readFileSync(join(folder.artifacts, `learning-rate-finder-curve-${step}.csv`), 'utf8');
        // The header, and a row for each learning rate but the one whose update led there.
        expect(curve.trim().split('\n')).to.have.length(step - 1);
        const [, suggestion] = /\nSuggested learning rate: ([\d.e-]+)/.exec(output.join('')) ?? [];
        expect(Number(suggestion)).to.be.within(1e-37, 1);
        expect(existsSync(folder.failures)).to.equal(false);
      });

      it('fails at the first step, for which the learning rate is not to blame', async () => {
        const path = join(runs(), 'table.csv');
        writeFileSync(path, `x,y\n${'1,1e30\n'.repeat(10)}`);
        const args = [...FINDER, 'dataset=CSV', `dataset.path=${path}`, 'batchSize=4'];
        const error = await rejection(startRun(ingredientsOf('regress', args), runs()));
        expect((error as UserError).message).to.equal('The loss is not finite at step 1: training has diverged.');
      });
    });

    it('refuses a model that the experiment does not have, with those it has', async () => {
      const gan = ['batchSize=4', 'imageSize=8', ...FINDER.filter((each) => !each.startsWith('optimizer'))];
      const error = (await rejection(startRun(ingredientsOf('gan', gan), runs()))) as UserError;
      expect(error.message).to.equal('The experiment has no model named model, whose loss LearningRateFinder watches.');
      expect(error.hints.join()).to.contain('discriminator, generator');
    });

    it('refuses an empty range', async () => {
      const args = [...FINDER, 'callbacks.LearningRateFinder.maxFactor=1e-3'];
      const { message } = (await rejection(startRun(ingredientsOf('regress', args), runs()))) as UserError;
      expect(message).to.contain('minFactor=0.01 is not below maxFactor=0.001.');
    });
  });
});
