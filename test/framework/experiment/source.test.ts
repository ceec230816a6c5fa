import { expect } from 'chai';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { Registry } from '../../../framework/config/resolve/registry';
import { option } from '../../../framework/config/declare/option';
import type { ArrayRecord } from '../../../framework/data/array-record';
import { streamed } from '../../../framework/data/make-source';
import type { Source } from '../../../framework/data/source';
import { Experiment } from '../../../framework/experiment/experiment';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import { ExperimentSettings } from '../../../framework/experiment/settings';
import { parseOverrides } from '../../../framework/config/parse/override';
import { ingredientsOf } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** What the counting experiment is given, and what it has seen; shared with the test that runs it. */
const shared: { source: Source<number>; seen: number[]; ended: number[] } = {
  source: { epoch: () => [] },
  seen: [],
  ended: [],
};

/** Trains nothing: notes its batches, and the step at each epoch's end. */
@option(Experiment, 'counting', ExperimentSettings, Run)
class Counting extends Experiment<number> {
  open(): Promise<void> {
    this.source = shared.source;
    return Promise.resolve();
  }

  init(): void {
    // No variables.
  }

  override trainStep(batch: number): Promise<void> {
    shared.seen.push(batch);
    return Promise.resolve();
  }

  override evaluate(): Promise<void> {
    shared.ended.push(this.step);
    return Promise.resolve();
  }

  override get parts(): CheckpointParts {
    return { model: [] };
  }
}

describe('A source of batches', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const registry = new Registry();
  registry.add({ Counting }, 'counting.ts');
  const options = () => ({ ...ingredientsOf('diffuse', []), registry, name: 'counting' });

  async function run(source: Source<number>, ...args: string[]) {
    Object.assign(shared, { source, seen: [], ended: [] });
    return startRun({ ...options(), overrides: parseOverrides(['trackers=[]', ...args]) }, runs());
  }

  it('of unknown length ends an epoch where its batches end', async () => {
    const { step } = await run({ epoch: (epoch) => [10 * epoch, 10 * epoch + 1, 10 * epoch + 2] }, 'epochs=2');
    expect(step).to.equal(6);
    expect(shared.seen).to.deep.equal([0, 1, 2, 10, 11, 12]);
    expect(shared.ended).to.deep.equal([3, 6]);
  });

  it('with fewer or more batches than it claims is an error that names the epoch', async () => {
    const few = await rejection(run({ batchesPerEpoch: 4, epoch: () => [1, 2, 3] }, 'epochs=2'));
    expect(few).to.match(/The source of batches yielded 3 batches in epoch 1; expected 4/);
    const many = await rejection(run({ batchesPerEpoch: 2, epoch: () => [1, 2, 3] }, 'epochs=2'));
    expect(many).to.match(/The source of batches yielded more than 2 batches in epoch 1; expected 2/);
    const none = await rejection(run({ epoch: () => [] }, 'epochs=2'));
    expect(none).to.match(/The source of batches yielded 0 batches in epoch 1; expected at least one/);
  });

  it('that is streamed continues after its cursor, also when the run is resumed', async () => {
    const opened: unknown[] = [];
    const source = () =>
      streamed(
        async function* (cursor) {
          opened.push(cursor);
          for (let next = typeof cursor === 'number' ? cursor : 0; next < 5; next++)
            yield await Promise.resolve({ batch: { x: { data: Int32Array.of(next), shape: [1] } }, cursor: next + 1 });
        },
        { batchSize: 1 },
      );
    const numbers = () => shared.seen.map((batch) => (batch as unknown as ArrayRecord)['x']!.data[0]);
    const { folder } = await run(source() as Source<never>, 'epochs=2', 'maxSteps=7');
    expect(numbers()).to.deep.equal([0, 1, 2, 3, 4, 0, 1]);
    expect(opened).to.deep.equal([undefined, undefined]);
    Object.assign(shared, { source: source(), seen: [] });
    const changes = parseOverrides(['maxSteps=9']);
    const overrides = [...parseOverrides(['trackers=[]', 'epochs=2']), ...changes];
    await resumeRun({ ...options(), overrides }, folder, { changes });
    expect(numbers()).to.deep.equal([2, 3]);
    expect(opened.at(-1)).to.equal(2);
  });
});
