import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import type { RunFolder } from '../../../framework/run/run-folder';
import { ingredientsOf } from '../../support/run-options';
import { withTensorFlow } from '../../support/tensorflow';

/** Two epochs of two steps. */
const SHORT = ['trackers=[JSONL]', 'batchSize=400', 'epochs=2', 'model.hidden=[4]'];

describe('Callbacks that observe', () => {
  withTensorFlow();
  const runs = mkdtempSync(join(tmpdir(), '.explab-'));
  after(() => rmSync(runs, { recursive: true, force: true }));
  const output: string[] = [];
  let observed: RunFolder;
  let plain: RunFolder;

  const train = async (name: string, ...args: string[]) =>
    (await startRun(ingredientsOf(name, args, { output }), runs)).folder;

  before(async () => {
    observed = await train('regress', ...SHORT, 'callbacks=[ModelSummary]');
    plain = await train('regress', ...SHORT);
  });

  it('do not change a bit of the training', () => {
    expect(hashOf(observed)).to.equal(hashOf(plain));
  });

  describe('ModelSummary', () => {
    it('prints the table of the modules and logs it before the first step', () => {
      const table = readFileSync(join(observed.artifacts, 'model-summary-0.csv'), 'utf8');
      expect(table).to.contain('\nmodel.layers.0,Linear,"weight [4,10], bias [4]",44\n');
      expect(output.join('')).to.contain('\n49 parameters, 0.000196 MB\n');
    });
  });
});

/** Hash of the parameters and the optimizer's state after the last step. */
function hashOf({ checkpoints }: RunFolder): string {
  const folder = join(
    checkpoints,
    readdirSync(checkpoints)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? '',
  );
  const hash = createHash('sha256');
  const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  expect(files).to.have.length.above(1);
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
