import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RunFolder } from '../../../framework/run/run-folder';
import { JSONLTracker } from '../../../plugins/trackers/jsonl';
import { temporaryFolder } from '../../support/temporary';

describe('the JSONL tracker', () => {
  const root = temporaryFolder();
  const linesOf = (folder: RunFolder) =>
    readFileSync(folder.metrics, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes a line at each save, and appends to the file of a resumed run', () => {
    const folder = new RunFolder(root());
    for (const step of [1, 2]) {
      const tracker = new JSONLTracker(folder);
      tracker.scalars(step, { loss: step / 2 });
      tracker.close();
    }
    expect(linesOf(folder).map(({ step, loss }) => [step, loss])).to.deep.equal([
      [1, 0.5],
      [2, 1],
    ]);
  });

  it('writes non-finite numbers as text, which JSON cannot represent otherwise', () => {
    const tracker = new JSONLTracker(new RunFolder(root()));
    tracker.scalars(1, { loss: NaN, norm: -Infinity });
    tracker.close();
    expect(linesOf(new RunFolder(root()))[0]).to.include({ loss: 'NaN', norm: '-Infinity' });
  });
});
