import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS, fileIn, textOf } from './support/documents';
import { SMALL } from './support/exp';
import { Reader } from './support/reader';
import { temporaryFolder } from './support/temporary';

const ROOT = join(__dirname, '..');

describe('the documents', () => {
  const folder = temporaryFolder(ROOT);

  // Their commands take minutes: test/long/docs.test.ts.
  it('create a dataset in one folder, without any other edit', async () => {
    const before = execFileSync('git', ['status', '--porcelain', 'framework', 'plugins', 'experiments'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const reader = new Reader(join(folder(), 'datasets'));
    const ended = await reader.run([
      'run',
      'diffuse',
      ...SMALL,
      'dataset=Stripes',
      'maxSteps=2',
      'compile=false',
      '--json',
    ]);
    expect(ended.code, ended.stderr).to.equal(0);
    const { folder: made } = JSON.parse(ended.stdout) as { folder: string };
    expect(JSON.parse(readFileSync(join(made, 'config.json'), 'utf8'))).to.nested.include({
      'settings.dataset.value': 'Stripes',
    });
    expect(existsSync(join(made, 'samples/samples-2.png'))).to.equal(true);
    const after = execFileSync('git', ['status', '--porcelain', 'framework', 'plugins', 'experiments'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(after).to.equal(before);
  });

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

  it('show the files of a domain as they are', () => {
    for (const path of ['plugins/tables/kinds/table-dataset.ts', 'plugins/tables/domain.ts'])
      expect(fileIn('docs/plugins.md', path)).to.equal(readFileSync(join(ROOT, path), 'utf8'));
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
