import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { savedSteps } from '../../../framework/checkpoint/checkpoint-folder';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { Experiment } from '../../../framework/experiment/experiment';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import { ExperimentSettings } from '../../../framework/experiment/settings';
import type { RunFolder } from '../../../framework/run/run-folder';
import { findRun } from '../../../framework/run/find-run';
import { EarlyStopping } from '../../../plugins/callbacks/early-stopping';
import { JSONLTracker } from '../../../plugins/trackers/jsonl';
import { rejection } from '../../support/rejection';
import { ingredientsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** How the experiment behaves, and what it has seen; shared with the test that runs it. */
const shared: {
  batches: number;
  isLengthKnown: boolean;
  evaluated: number[];
  parts: (string | undefined)[];
  previewed: number[];
  onEvaluate: (run: Run) => void;
} = { batches: 6, isLengthKnown: true, evaluated: [], parts: [], previewed: [], onEvaluate: () => undefined };

/** Trains nothing; its loss is the number of the step, its validation loss the square of the distance to step 5. */
@option(Experiment, 'scheduled', ExperimentSettings, Run)
class Scheduled extends Experiment<number> {
  static override readonly goals = { 'valid/loss': 'min' } as const;

  open(): Promise<void> {
    const { batches, isLengthKnown } = shared;
    const epoch = (_: number, from: number) => Array.from({ length: batches - from }, (_, index) => from + index);
    this.source = { epoch, ...(isLengthKnown && { batchesPerEpoch: batches }) };
    return Promise.resolve();
  }

  init(): void {
    // No variables.
  }

  override trainStep(): Promise<void> {
    this.run.tracking.add('loss', this.step + 1);
    return Promise.resolve();
  }

  override evaluate(): Promise<void> {
    this.run.tracking.add('valid/loss', (this.step - 5) ** 2);
    shared.onEvaluate(this.run);
    this.run.stop.throwIfAsked();
    shared.evaluated.push(this.step);
    const { evaluatedPart } = this;
    shared.parts.push(evaluatedPart && `${evaluatedPart.index + 1}/${evaluatedPart.count}`);
    return Promise.resolve();
  }

  override preview(): Promise<void> {
    shared.previewed.push(this.step);
    return Promise.resolve();
  }

  override get parts(): CheckpointParts {
    return { model: [] };
  }
}

describe('Evaluations', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const registry = new Registry();
  registry.add({ Scheduled, EarlyStopping, JSONLTracker }, 'evaluation-schedule.test.ts');
  const optionsFor = (args: readonly string[]) => ({
    ...ingredientsOf('diffuse', []),
    registry,
    name: 'scheduled',
    overrides: parseOverrides(['trackers=[JSONL]', 'hardwareEverySeconds=0', 'epochs=2', ...args]),
  });

  async function run(args: readonly string[], changes: Partial<typeof shared> = {}) {
    const initial = { batches: 6, isLengthKnown: true, evaluated: [], parts: [], previewed: [] };
    Object.assign(shared, initial, { onEvaluate: () => undefined }, changes);
    return startRun(optionsFor(args), runs());
  }

  /** Points of metrics.jsonl, without their times. */
  const pointsOf = ({ metrics }: RunFolder): unknown[] =>
    readFileSync(metrics, 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({ ...(JSON.parse(line) as object), time: 0 }));

  it('are after each epoch by default', async () => {
    await run([]);
    expect(shared.evaluated).to.deep.equal([6, 12]);
  });

  it('are at an interval of epochs, and after the last step', async () => {
    await run(['evaluation.everyEpochs=2', 'epochs=5']);
    expect(shared.evaluated).to.deep.equal([12, 24, 30]);
    expect(shared.previewed).to.deep.equal([6, 12, 18, 24, 30]);
  });

  it('are at an interval of steps too, with the metrics logged at that step', async () => {
    const { folder } = await run(['evaluation.everySteps=4', 'logEverySteps=3', 'epochs=1']);
    expect(shared.evaluated).to.deep.equal([4, 6]);
    expect(shared.previewed).to.deep.equal([6]);
    expect(pointsOf(folder)).to.deep.equal([
      { step: 3, time: 0, loss: 2 },
      { step: 4, time: 0, loss: 4, 'valid/loss': 1 },
      { step: 6, time: 0, loss: 5.5, 'valid/loss': 1 },
    ]);
  });

  it('are at an interval of steps only if there is none after epochs', async () => {
    await run(['evaluation.everySteps=5', 'evaluation.everyEpochs=0']);
    expect(shared.evaluated).to.deep.equal([5, 10, 12]);
  });

  it('come once where an epoch of unknown length ends at the interval', async () => {
    await run(['evaluation.everySteps=3'], { isLengthKnown: false });
    expect(shared.evaluated).to.deep.equal([3, 6, 9, 12]);
    expect(shared.previewed).to.deep.equal([6, 12]);
  });

  it('divide an epoch evenly, as labml’s inner iterations do', async () => {
    // BatchIndex: the parts of 7 batches end after 1 · 7 // 3, 2 · 7 // 3 and 3 · 7 // 3.
    await run(['evaluation.perEpoch=3', 'epochs=2'], { batches: 7 });
    expect(shared.evaluated).to.deep.equal([2, 4, 7, 9, 11, 14]);
    expect(shared.parts).to.deep.equal(Array.from({ length: 6 }, () => undefined));
  });

  it('of an epoch share the held-out examples if they are spread', async () => {
    await run(['evaluation.perEpoch=3', 'evaluation.spread=true', 'maxSteps=10'], { batches: 7 });
    expect(shared.evaluated).to.deep.equal([2, 4, 7, 9, 10]);
    expect(shared.parts).to.deep.equal(['1/3', '2/3', '3/3', '1/3', '2/3']);
  });

  it('cannot divide an epoch of unknown length', async () => {
    const error = await rejection(run(['evaluation.perEpoch=3'], { isLengthKnown: false }));
    expect(error).to.match(/evaluation\.perEpoch=3: the number of batches in an epoch is not known/);
  });

  it('within an epoch can end the training', async () => {
    const early = ['callbacks=[EarlyStopping]', 'callbacks.EarlyStopping.patience=2'];
    const { step } = await run([...early, 'evaluation.everySteps=1']);
    expect(step).to.equal(7);
    expect(shared.evaluated).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(shared.previewed).to.deep.equal([6, 7]);
  });

  it('select the best checkpoint of those that were evaluated', async () => {
    const args = ['checkpoint.everySteps=1', 'checkpoint.best=valid/loss', 'checkpoint.keep=1'];
    const { folder } = await run([...args, 'evaluation.everySteps=4']);
    // Steps 4 and 6 are equally far from step 5, which is not evaluated.
    expect(savedSteps(folder.checkpoints)).to.deep.equal([4, 12]);
  });

  it('after every second epoch do not make the metric of checkpoint.best unknown before', async () => {
    const { folder } = await run(['evaluation.everyEpochs=2', 'checkpoint.best=loss', 'epochs=3', 'logEverySteps=100']);
    expect(savedSteps(folder.checkpoints)).to.deep.equal([6, 12, 18]);
  });

  describe('that are interrupted within an epoch', () => {
    const args = ['evaluation.everySteps=4', 'logEverySteps=3', 'checkpoint.everySteps=4'];
    let uninterrupted: unknown[];
    before(async () => {
      uninterrupted = pointsOf((await run(args)).folder);
    });

    /** Interrupts the evaluation of step 8, resumes, and expects the points of an uninterrupted run. */
    async function interrupted(interrupt: (run: Run) => void, settings: readonly string[]): Promise<void> {
      let isFirst = true;
      const onEvaluate = (each: Run): void => {
        if (shared.evaluated.at(-1) !== 6 || !isFirst) return;
        isFirst = false;
        interrupt(each);
      };
      await run(settings, { onEvaluate }).catch(() => undefined);
      expect(shared.evaluated).to.deep.equal([4, 6]);
      const folder = findRun(runs(), 'latest');
      await resumeRun(optionsFor(settings), folder);
      expect(shared.evaluated.slice(-2)).to.deep.equal([8, 12]);
      expect(pointsOf(folder)).to.deep.equal(uninterrupted);
    }

    const stop = ({ stop }: Run): void => {
      stop.exitCode = 130;
    };
    const crash = (): void => {
      throw new Error('killed');
    };

    it('by a signal are repeated, and give the same points', () => interrupted(stop, args));

    it('by a signal, without a checkpoint at that step, are repeated too', () =>
      interrupted(stop, [...args, 'checkpoint.everySteps=5']));

    it('by a crash are repeated from the checkpoint of that step', () => interrupted(crash, args));

    it('by a crash are repeated with the steps since the checkpoint', () =>
      interrupted(crash, [...args, 'checkpoint.everySteps=7']));
  });
});
