import { expect } from 'chai';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { Experiment } from '../../../framework/experiment/experiment';
import { DataWait } from '../../../framework/experiment/lifecycle/data-wait';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import { ExperimentSettings } from '../../../framework/experiment/settings';
import { ingredientsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** A clock that only the source and the steps of a test move, in milliseconds. */
class Clock {
  now = 0;

  /** Batches that take so long to read; the first takes a minute. */
  *batches(count: number, milliseconds: number): Generator<number> {
    for (let batch = 0; batch < count; batch++) {
      this.now += batch === 0 ? 60_000 : milliseconds;
      yield batch;
    }
  }
}

describe('The wait of steps for data', () => {
  /** Warnings after the steps of two epochs. @param reading milliseconds of reading a batch @param step milliseconds of a step */
  async function wait(reading: number, step: number, count = 40) {
    const clock = new Clock();
    const dataWait = new DataWait(() => clock.now);
    const warnings: (string | undefined)[] = [];
    for (const epoch of [0, 1]) {
      const batches = epoch === 0 ? clock.batches(count, reading) : Array.from({ length: count }, () => 0);
      for await (const _ of dataWait.measure(batches)) {
        clock.now += step;
        warnings.push(dataWait.afterStep());
        // An evaluation in the epoch.
        clock.now += 10_000;
      }
    }
    return { warnings, said: warnings.filter((each) => each !== undefined), share: dataWait.share };
  }

  it('is told once, after twenty steps, if it is more than a tenth of the time', async () => {
    const { warnings, said } = await wait(300, 400);
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^Steps wait for data 43% of the time: reading is slower than training\. .* help\.$/);
    // The first step is not measured.
    expect(warnings.findIndex((each) => each !== undefined)).to.equal(20);
  });

  it('is told only after five seconds', async () => {
    const { warnings } = await wait(60, 90);
    // 34 steps of 0.15 s.
    expect(warnings.findIndex((each) => each !== undefined)).to.equal(34);
    expect((await wait(6, 9)).said).to.deep.equal([]);
  });

  it('is not told if it is a tenth of the time or less', async () => {
    expect((await wait(100, 900)).said).to.deep.equal([]);
  });

  it('is a share of the time of all steps but the first, without what runs between them', async () => {
    // 39 of 79 steps have read for 0.3 s, and all have taken 0.4 s.
    expect((await wait(300, 400)).share).to.be.closeTo((39 * 0.3) / (39 * 0.3 + 79 * 0.4), 1e-12);
    expect((await wait(300, 400, 0)).share).to.equal(undefined);
  });
});

describe('A run whose data is slow', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  it('says how long its steps wait', async () => {
    const clock = new Clock();

    @option(Experiment, 'slow', ExperimentSettings, Run)
    class Slow extends Experiment<number> {
      protected override readonly dataWait = new DataWait(() => clock.now);

      open(): Promise<void> {
        this.source = { batchesPerEpoch: 25, epoch: () => clock.batches(25, 900) };
        return Promise.resolve();
      }

      init(): void {
        // No variables.
      }

      override trainStep(): Promise<void> {
        clock.now += 100;
        return Promise.resolve();
      }

      override get parts(): CheckpointParts {
        return { model: [] };
      }
    }
    const registry = new Registry();
    registry.add({ Slow }, 'slow.ts');
    const output: string[] = [];
    const overrides = parseOverrides(['trackers=[]', 'epochs=1']);
    await startRun({ ...ingredientsOf('diffuse', [], { output }), registry, name: 'slow', overrides }, runs());
    expect(output.filter((line) => line.includes('wait'))).to.deep.equal([
      'Steps wait for data 90% of the time: reading is slower than training. ' +
        'Less work per example, a cache of the results, a faster disk or more processor cores help.\n',
    ]);
  });
});
