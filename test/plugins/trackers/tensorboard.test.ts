import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { type Artifact, fileArtifact, textArtifact } from '../../../framework/artifacts/artifact';
import { audioArtifact } from '../../../framework/artifacts/audio';
import { histogramArtifact } from '../../../framework/artifacts/histogram';
import { tableArtifact } from '../../../framework/artifacts/table';
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
    tracker.artifact(3, 'samples', picture, undefined);
    tracker.close();
    expect(readEvents(folder().tensorboard).images).to.deep.equal({
      samples: [[3, 64, 64, picture.content.toString('hex')]],
    });
  });

  it('writes texts, tables and files for the Text tab, histograms and audio for their own', () => {
    const tracker = new TensorBoardTracker(folder());
    const table = tableArtifact(['a|b', 'n'], [['*x*\n<y>', -1.5]]);
    const logged: [string, Artifact, string?][] = [
      ['markdown', textArtifact('**größer**')],
      ['plain', textArtifact('a\n  *b*', 'plain')],
      ['table', table],
      ['file', fileArtifact('.svg', '<svg/>'), 'artifacts/file-7.svg'],
      ['weights', histogramArtifact([0, 1, 1, 4], 2)],
      ['sound', audioArtifact([0, 1, -1, 0.5], 8000, 2)],
    ];
    for (const [name, artifact, path] of logged) tracker.artifact(7, name, artifact, path);
    tracker.close();
    const { tensors, audio } = readEvents(folder().tensorboard);
    expect(tensors).to.deep.equal({
      markdown: ['text', [7, '**größer**']],
      plain: ['text', [7, '    a\n      *b*']],
      table: ['text', [7, '| a\\|b | n |\n| --- | --- |\n| \\*x\\* &lt;y> | -1.5 |']],
      file: ['text', [7, '`artifacts/file-7.svg`']],
      weights: [
        'histograms',
        [
          7,
          [
            [0, 2, 3],
            [2, 4, 1],
          ],
        ],
      ],
    });
    expect(audio).to.deep.equal({ sound: [[7, 8000, 2, 2, [0, 32767, -32767, 16384]]] });
  });

  it('has each artifact once that a resumed run logs again', () => {
    for (const [attempt, steps] of [
      [1, 2, 3],
      [3, 4],
    ].entries()) {
      const tracker = new TensorBoardTracker(folder());
      if (attempt > 0) tracker.resume(2);
      for (const step of steps) tracker.artifact(step, 'text', textArtifact(`attempt ${attempt}`), undefined);
      tracker.close();
    }
    expect(readEvents(folder().tensorboard).tensors['text']).to.deep.equal([
      'text',
      [1, 'attempt 0'],
      [2, 'attempt 0'],
      [3, 'attempt 1'],
      [4, 'attempt 1'],
    ]);
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
