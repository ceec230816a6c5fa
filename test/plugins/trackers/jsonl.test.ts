import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { textArtifact } from '../../../framework/artifacts/artifact';
import { readCurves } from '../../../framework/run/comparing/curves';
import { summarizeMetrics } from '../../../framework/run/metric-summary';
import { rewindMetrics } from '../../../framework/run/metrics-file';
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

  it('writes a line with the path of each artifact, which readers of the metrics skip', () => {
    const folder = new RunFolder(root());
    const tracker = new JSONLTracker(folder);
    tracker.scalars(1, { loss: 3 });
    tracker.artifact(1, 'notes', textArtifact('hello'), 'artifacts/notes-1.md');
    tracker.artifact(2, 'notes', textArtifact('hello'), 'artifacts/notes-2.md');
    tracker.close();
    expect(linesOf(folder).map(({ step, artifact }) => [step, artifact])).to.deep.equal([
      [1, undefined],
      [1, { name: 'notes', type: 'text', path: 'artifacts/notes-1.md' }],
      [2, { name: 'notes', type: 'text', path: 'artifacts/notes-2.md' }],
    ]);
    expect([...readCurves(folder.metrics)]).to.deep.equal([['loss', [{ step: 1, value: 3 }]]]);
    expect([...summarizeMetrics(folder.metrics)]).to.deep.equal([['loss', { last: 3, min: 3, max: 3 }]]);
    rewindMetrics(folder.metrics, 1);
    expect(linesOf(folder)).to.have.length(2);
  });

  it('writes non-finite numbers as text, which JSON cannot represent otherwise', () => {
    const tracker = new JSONLTracker(new RunFolder(root()));
    tracker.scalars(1, { loss: NaN, norm: -Infinity });
    tracker.close();
    expect(linesOf(new RunFolder(root()))[0]).to.include({ loss: 'NaN', norm: '-Infinity' });
  });
});
