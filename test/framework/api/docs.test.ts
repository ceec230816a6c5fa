import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { run } from 'explab';
import { expect } from 'chai';
import sharp from 'sharp';
import { fileIn } from '../../support/documents';
import { withImageServer } from '../../support/image-server';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

const ROOT = join(__dirname, '../../..');

/** The package, as it is installed, but compiled when it is loaded. */
const PACKAGE = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
require(${JSON.stringify(join(ROOT, 'framework/typescript.js'))});
export const { loadRun, resume, run, runs, sweep } = require(${JSON.stringify(join(ROOT, 'framework/index.ts'))});
`;

/** A diffusion model that is trained in a second. */
const SMALL = {
  ...{ imageSize: 8, batchSize: 8, steps: 4, samples: 1, maxSteps: 1, compile: 'false', trackers: [] },
  model: { multipliers: [1], attention: [false], blocks: 1 },
};

describe('the programs of docs/api.md', () => {
  const folder = temporaryFolder();
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), content);
  };

  beforeEach(() => {
    write('package.json', '{}');
    write('node_modules/explab/package.json', '{ "type": "module", "exports": "./index.js" }');
    write('node_modules/explab/index.js', PACKAGE);
  });

  it('search for a learning rate, and decide', async () => {
    write('search.mjs', fileIn('docs/api.md', 'search.mjs'));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['search.mjs'], { cwd: folder() });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).to.match(/^learningRate=0.0001: interrupted after \d+ steps, error \d/);
    expect(lines[1]).to.match(/^learningRate=0.01: completed after 240 steps, error \d/);
    expect(lines[2]).to.match(/^Best: \d{8}-\d{6}-search(-\d+)?, valid\/loss \d.*; it predicts -?\d/);
    expect(stderr).to.equal('');
  });

  it('serve images of a trained model, those of a seed the same, until SIGTERM', async () => {
    write('server.mjs', fileIn('docs/api.md', 'server.mjs'));
    const early = promisify(execFile)(process.execPath, ['server.mjs'], { cwd: folder() });
    expect(await rejection(early)).to.include({
      code: 1,
      stderr: `There are no runs yet in ${join(folder(), 'runs')}.\n  Start one: exp run EXPERIMENT\n`,
    });
    await run('diffuse', SMALL, { root: join(folder(), 'runs') });
    const { exit, errors } = await withImageServer(folder(), async (get) => {
      const [one, other, same] = await Promise.all(['?n=4&seed=7', '?n=4&seed=8', '?n=4&seed=7'].map(get));
      expect(one?.type).to.equal('image/png');
      expect((await sharp(one?.body).metadata()).format).to.equal('png');
      expect(one?.body).to.deep.equal(same?.body);
      expect(one?.body).to.not.deep.equal(other?.body);
      expect((await get('?n=0')).body.toString()).to.match(/expected an integer/);
    });
    expect(exit).to.deep.equal([0, null]);
    expect(errors).to.equal('');
  });
});
