import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import type { RunFolder } from '../../framework/run/run-folder';
import { askToStop, ingredientsOf, TINY } from '../support/run-options';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';

const WORDS = [...TINY, 'samples=1', 'maxSteps=4', 'trackers=[TensorBoard]'];

describe('the graph of a run in its event files', () => {
  withTensorFlow();
  const root = temporaryFolder();
  /** How often the network's last convolution is defined in each event file, the oldest first. */
  const definitionsIn = ({ tensorboard }: RunFolder) =>
    readdirSync(tensorboard)
      .sort()
      .map(
        (name) => readFileSync(join(tensorboard, name), 'latin1').split('Tiny/final/Conv2D\x12\x06Conv2D').length - 1,
      );

  it('is written once, and not again if the run is resumed', async () => {
    const stopping = { onUpdate: (done: number) => (done === 2 ? askToStop() : undefined) };
    const { folder } = await startRun(ingredientsOf('diffuse', WORDS, stopping), root());
    expect(definitionsIn(folder)).to.deep.equal([1]);
    await resumeRun(ingredientsOf('diffuse', WORDS), folder);
    expect(definitionsIn(folder)).to.deep.equal([1, 0]);
  });

  it('is omitted if there is none', async () => {
    const { folder } = await startRun(ingredientsOf('diffuse', [...WORDS, 'compile=false']), root());
    expect(definitionsIn(folder)).to.deep.equal([0]);
  });
});
