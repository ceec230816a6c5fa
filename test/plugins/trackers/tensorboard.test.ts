import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import * as tf from '../../../framework/tensorflow/tf';
import { RunFolder } from '../../../framework/run/run-folder';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import { loadTensorFlow } from '../../../framework/tensorflow/load';
import { imageGrid } from '../../../plugins/images/render/image-grid';
import { TensorBoardTracker } from '../../../plugins/trackers/tensorboard';
import { readEvents } from '../../support/events';
import { temporaryFolder } from '../../support/temporary';

describe('the TensorBoard tracker', () => {
  before(loadTensorFlow);
  const root = temporaryFolder();
  const folder = () => new RunFolder(root());

  it("writes scalars that TensorBoard's reader returns with their steps", () => {
    const tracker = new TensorBoardTracker(folder());
    tracker.scalars(10, { loss: 0.5, 'valid/loss': 1.25 });
    tracker.scalars(2 ** 31 + 7, { loss: 0.25 });
    tracker.close();
    expect(readEvents(folder().tensorboard).scalars).to.deep.equal({
      loss: [
        [10, 0.5],
        [2 ** 31 + 7, 0.25],
      ],
      'valid/loss': [[10, 1.25]],
    });
  });

  it('writes images without changing a byte', async () => {
    const tracker = new TensorBoardTracker(folder());
    const picture = await imageGrid(Uint8Array.of(0, 100, 200, 255), [2, 2, 1]);
    tracker.picture(3, 'samples', picture);
    tracker.close();
    expect(readEvents(folder().tensorboard).images).to.deep.equal({
      samples: [[3, 64, 64, picture.png.toString('hex')]],
    });
  });

  it('writes the graph of a step, and its profile with the same names', async () => {
    const engine = new GraphEngine({});
    const program = engine.program('train', (x) => [tf.square(x)]);
    await program.run(tf.scalar(2));
    const stop = engine.record();
    await program.run(tf.scalar(2));
    const tracker = new TensorBoardTracker(folder());
    tracker.graph(program.definition() ?? Buffer.alloc(0));
    for (const record of stop()) tracker.record(13, record);
    tracker.close();
    engine.close();
    const { graph, records } = readEvents(folder().tensorboard);
    expect(graph).to.deep.equal(['train/Placeholder', 'train/Square']);
    expect(Object.keys(records)).to.deep.equal(['step 13']);
    expect(records['step 13']).to.include('train/Square');
  });

  it('accepts non-finite numbers', () => {
    const tracker = new TensorBoardTracker(folder());
    for (const [step, loss] of [NaN, Infinity, 1e-45, 3].entries()) tracker.scalars(step, { loss });
    tracker.close();
    expect(readEvents(folder().tensorboard).scalars['loss']?.map(([, value]) => value)).to.deep.equal([
      'NaN',
      'Infinity',
      1.401298464324817e-45,
      3,
    ]);
  });

  it('has everything on disk after a flush, while it is still open', () => {
    const tracker = new TensorBoardTracker(folder());
    tracker.scalars(1, { loss: 0.5 });
    tracker.flush();
    expect(readEvents(folder().tensorboard).scalars['loss']).to.deep.equal([[1, 0.5]]);
    tracker.close();
  });

  it('starts a new file each time, and both are read as one curve', () => {
    for (const step of [1, 2]) {
      const tracker = new TensorBoardTracker(folder());
      tracker.scalars(step, { loss: step });
      tracker.close();
    }
    expect(readdirSync(folder().tensorboard)).to.have.length(2);
    expect(readEvents(folder().tensorboard).scalars['loss']).to.deep.equal([
      [1, 1],
      [2, 2],
    ]);
  });

  it('leaks no tensors', () => {
    const before = tf.memory().numTensors;
    const tracker = new TensorBoardTracker(folder());
    tracker.scalars(1, { loss: 1 });
    tracker.close();
    expect(tf.memory().numTensors).to.equal(before);
  });
});
