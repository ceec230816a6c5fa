import { expect } from 'chai';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { newestManifest } from '../../../framework/checkpoint/checkpoint-folder';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides, withChanges } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { Experiment } from '../../../framework/experiment/experiment';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import { ExperimentSettings } from '../../../framework/experiment/settings';
import type { UserError } from '../../../framework/errors';
import { Callback, type Training } from '../../../framework/kinds/callback';
import type { RunFolder } from '../../../framework/run/run-folder';
import { readRecord } from '../../../framework/run/run-record';
import { EarlyStopping } from '../../../plugins/callbacks/early-stopping';
import { ReduceOnPlateau } from '../../../plugins/callbacks/reduce-on-plateau';
import { TimeLimit } from '../../../plugins/callbacks/time-limit';
import { rejection } from '../../support/rejection';
import { ingredientsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** What the experiment tracks after each epoch, and what has happened; shared with the tests. */
const shared: { valid: Record<string, number[]>; events: string[]; factors: number[] } = {
  valid: {},
  events: [],
  factors: [],
};

/** Trains nothing, two steps an epoch; its validation is a list of numbers. */
@option(Experiment, 'listed', ExperimentSettings, Run)
class Listed extends Experiment<number> {
  open(): Promise<void> {
    this.source = { batchesPerEpoch: 2, epoch: (_, from) => [0, 1].slice(from) };
    return Promise.resolve();
  }

  init(): void {
    // No variables.
  }

  override trainStep(): Promise<void> {
    shared.factors.push(this.callbacks.learningRateFactor);
    return Promise.resolve();
  }

  override evaluate(): Promise<void> {
    for (const [name, values] of Object.entries(shared.valid))
      this.run.tracking.add(`valid/${name}`, values[this.epoch - 1] ?? NaN);
    return Promise.resolve();
  }

  override get parts(): CheckpointParts {
    return { model: [] };
  }
}

/** Notes the hooks that are called, with the step. */
@option(Callback, 'Noting')
class Noting extends Callback {
  private readonly note = (name: string) => (training: Training) => void shared.events.push(`${name} ${training.step}`);
  override onStart = this.note('start');
  override onStep = this.note('step');
  override onEvaluation = this.note('evaluation');
  override onCheckpoint = this.note('checkpoint');
  override onEnd = this.note('end');
}

describe('Callbacks', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const registry = new Registry();
  registry.add({ Listed, Noting, EarlyStopping, ReduceOnPlateau, TimeLimit }, 'callbacks.test.ts');
  const optionsFor = (args: readonly string[], more: readonly string[] = []) => ({
    ...ingredientsOf('diffuse', []),
    registry,
    name: 'listed',
    overrides: withChanges(parseOverrides(['trackers=[]', ...args]), parseOverrides(more)),
  });

  async function run(valid: Record<string, number[]>, ...args: string[]) {
    Object.assign(shared, { valid, events: [], factors: [] });
    return startRun(optionsFor(args), runs());
  }

  const resume = (folder: RunFolder, args: readonly string[], more: readonly string[] = []) =>
    resumeRun(optionsFor(args, more), folder, { changes: parseOverrides(more) });

  it('are called at the start, after steps, checkpoints and evaluations, and at the end', async () => {
    await run({}, 'callbacks=[Noting]', 'epochs=2');
    expect(shared.events).to.deep.equal([
      ...['start 0', 'step 1', 'step 2', 'checkpoint 2', 'evaluation 2'],
      ...['step 3', 'step 4', 'checkpoint 4', 'evaluation 4', 'end 4'],
    ]);
  });

  it('that are misspelled are refused with the nearest name', async () => {
    const error = (await rejection(run({}, 'callbacks=[EarlyStoping]'))) as UserError;
    expect(error.hints.join()).to.contain('Did you mean EarlyStopping?');
  });

  describe('EarlyStopping', () => {
    const EARLY = ['callbacks=[EarlyStopping]', 'callbacks.EarlyStopping.patience=2', 'epochs=20'];

    it('completes the run once the metric has not improved for some evaluations, with the reason', async () => {
      const { folder, status, step, exitCode } = await run({ loss: [3, 2, 2.5, 2, 1] }, ...EARLY);
      expect({ status, step, exitCode }).to.deep.equal({ status: 'completed', step: 8, exitCode: 0 });
      expect(readRecord(folder).stopped).to.equal('valid/loss has not improved on 2.000 for 2 evaluations.');
    });

    it('is respected by resume, until a setting is changed', async () => {
      const { folder } = await run({ loss: [3, 2, 2.5, 2, 1] }, ...EARLY);
      expect(await resume(folder, EARLY)).to.include({ status: 'completed', step: 8 });
      const continued = await resume(folder, EARLY, ['callbacks=[]', 'epochs=6']);
      expect(continued).to.include({ status: 'completed', step: 12 });
    });

    it('continues with its state after a resumption', async () => {
      const { folder } = await run({ loss: [3, 2, 2.5, 2, 1] }, ...EARLY, 'epochs=3');
      const { step } = await resume(folder, EARLY, ['epochs=20']);
      expect(step).to.equal(8);
    });

    it('maximizes a metric like accuracy, and takes only a large enough change as an improvement', async () => {
      const metric = ['callbacks.EarlyStopping.metric=valid/accuracy', 'callbacks.EarlyStopping.minDelta=0.1'];
      const { step } = await run({ accuracy: [0.1, 0.3, 0.35, 0.39, 0.9] }, ...EARLY, ...metric);
      expect(step).to.equal(8);
    });

    it('does not take NaN as an improvement', async () => {
      const { step } = await run({ loss: [NaN, NaN, 1] }, ...EARLY);
      expect(step).to.equal(4);
    });

    it('refuses a metric that is not logged, with the nearest name', async () => {
      const error = (await rejection(
        run({ loss: [1, 2] }, ...EARLY, 'callbacks.EarlyStopping.metric=valid/los'),
      )) as UserError;
      expect(error.message).to.equal('The run logs no metric valid/los, which a callback watches.');
      expect(error.hints.join()).to.contain('Did you mean valid/loss?');
    });
  });

  describe('ReduceOnPlateau', () => {
    const REDUCE = ['callbacks=[ReduceOnPlateau]', 'callbacks.ReduceOnPlateau.patience=1', 'epochs=6'];
    const SETTINGS = ['callbacks.ReduceOnPlateau.factor=0.5', 'callbacks.ReduceOnPlateau.minFactor=0.2'];

    it('multiplies the learning rate at each plateau, down to a limit', async () => {
      await run({ loss: [3, 3, 2, 2, 2, 2] }, ...REDUCE, ...SETTINGS);
      const perEpoch = [1, 1, 0.5, 0.5, 0.25, 0.2];
      expect(shared.factors).to.deep.equal(perEpoch.flatMap((factor) => [factor, factor]));
    });

    it('keeps its factor after a resumption', async () => {
      const args = [...REDUCE, ...SETTINGS];
      const { folder } = await run({ loss: [3, 3, 2, 2, 2, 2] }, ...args, 'epochs=3');
      shared.factors = [];
      await resume(folder, args, ['epochs=6']);
      expect(shared.factors).to.deep.equal([0.5, 0.5, 0.25, 0.25, 0.2, 0.2]);
    });
  });

  describe('TimeLimit', () => {
    it('ends the training within an epoch, evaluates, and counts the time before a resumption', async () => {
      const args = ['callbacks=[TimeLimit,Noting]', 'callbacks.TimeLimit.hours=1e-9', 'epochs=20'];
      const { folder, status } = await run({ loss: [1] }, ...args);
      expect(status).to.equal('completed');
      expect(shared.events.slice(-3)).to.deep.equal(['checkpoint 1', 'evaluation 1', 'end 1']);
      const manifest = await newestManifest(folder.checkpoints);
      expect(manifest?.stopped).to.equal('The time limit of 1e-9 hours is reached.');
      const saved = manifest?.callbacks?.find(({ name }) => name === 'TimeLimit')?.state as number;
      expect(saved).to.be.above(0);
      await resume(folder, args, ['callbacks.TimeLimit.hours=1', 'epochs=1']);
      const after = (await newestManifest(folder.checkpoints))?.callbacks?.[0]?.state as number;
      expect(after).to.be.above(saved);
    });
  });
});
