import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS, fileIn, textOf } from './support/documents';
import { SMALL } from './support/exp';
import { Reader } from './support/reader';
import { temporaryFolder } from './support/temporary';

const ROOT = join(__dirname, '..');

/** Files of the project that differ from the last commit. */
function changedFiles(): string {
  const args = ['status', '--porcelain', 'framework', 'plugins', 'experiments'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
}

describe('the documents', () => {
  const folder = temporaryFolder(ROOT);

  // Their commands take minutes: test/long/docs.test.ts.
  const WRITTEN: [what: string, setting: Record<string, unknown>, args: string[]][] = [
    ['a dataset', { dataset: 'Stripes' }, ['diffuse', ...SMALL, 'dataset=Stripes', 'maxSteps=2', 'compile=false']],
    ['a callback', { callbacks: ['LossLimit'] }, ['regress', 'callbacks=[LossLimit]', 'maxSteps=2', 'compile=false']],
    ['an experiment', { dataset: 'Friedman' }, ['predict', 'maxSteps=2', 'compile=false']],
    ['a kind, a domain and its experiment', { series: 'Sine' }, ['forecast', 'maxSteps=2', 'compile=false']],
  ];

  for (const [what, setting, args] of WRITTEN) {
    it(`create ${what} without any other edit`, async () => {
      const before = changedFiles();
      const ended = await new Reader(join(folder(), 'reader')).run(['run', ...args, '--json']);
      expect(ended.code, ended.stderr).to.equal(0);
      const { status, folder: run } = JSON.parse(ended.stdout) as { status: string; folder: string };
      expect(status).to.equal('completed');
      const { settings } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as {
        settings: Record<string, { value: unknown }>;
      };
      for (const [key, value] of Object.entries(setting)) expect(settings[key]?.value).to.deep.equal(value);
      if (what === 'a dataset') expect(existsSync(join(run, 'samples/samples-2.png'))).to.equal(true);
      expect(changedFiles()).to.equal(before);
    });
  }

  it('name existing tests', () => {
    const named = [...textOf('docs/config-compared.md').matchAll(/\]\(\.\.\/(test\/[^)]+)\): "([^"]+)"/g)];
    expect(named.length).to.be.above(30);
    const missing = named.filter(
      ([, file = '', title = '']) => !readFileSync(join(ROOT, file), 'utf8').includes(title),
    );
    expect(missing.map(([row]) => row)).to.deep.equal([]);
  });

  it('show the Kubernetes manifests as they are', () => {
    for (const path of ['docker/runs.yaml', 'docker/mpijob.yaml', 'docker/tfjob.yaml'])
      expect(fileIn('docs/kubernetes.md', path)).to.equal(readFileSync(join(ROOT, path), 'utf8'));
  });

  it('create a kind that `exp list` shows with its options', async () => {
    const { code, stdout } = await new Reader(join(folder(), 'reader')).run(['list', 'Series']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/Sine .*A thousand values of a sine/);
  });

  it('name existing files', () => {
    const missing = DOCUMENTS.flatMap((document) =>
      [...textOf(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(missing).to.deep.equal([]);
  });
});
