import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS, commandsIn, textOf } from './support/documents';
import { SMALL } from './support/exp';
import { Reader } from './support/reader';
import { temporaryFolder } from './support/temporary';

const ROOT = join(__dirname, '..');

/** How many documents are read at once. */
const READERS = 2;

/** Commands that tests do not start: they are what runs the tests, or take minutes and have a test in test/long. */
const ELSEWHERE = [
  /^npm (ci|test|run)\b/,
  /^exp setup --(force|download|variant)/,
  /^rm -rf/,
  /^git clone/,
  /^cd /,
  /^mocha /,
  // test/framework/cli/completion.test.ts
  /^source /,
];

/** What later commands of the same document want to be there. */
const WANTED = /^exp sweep (?!show|resume)/;

/** The commands of each document that no document before it has. */
function commandsByDocument(): Map<string, string[]> {
  const seen = new Set<string>();
  const isNew = (command: string): boolean => {
    const { size } = seen;
    return seen.add(command).size > size;
  };
  const started = (document: string) =>
    commandsIn(document)
      .map((command) => command.replace(/^npx /, ''))
      .filter(
        (command) => (isNew(command) || WANTED.test(command)) && !ELSEWHERE.some((pattern) => pattern.test(command)),
      );
  return new Map(DOCUMENTS.map((document) => [document, started(document)]));
}

describe('the documents', () => {
  const folder = temporaryFolder(ROOT);

  it('have commands that work', async function () {
    this.timeout(900_000);
    const first = new Reader(join(folder(), 'first'));
    const begun = await first.begin();
    expect(begun.code, begun.stderr).to.equal(0);
    const left = [...commandsByDocument()];
    const read = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [document, commands] = next;
        const reader = first.another(join(folder(), document.replaceAll(/\W/g, '-')));
        for (const command of commands) {
          const ended = await reader.start(command);
          expect(ended.code, `${document}: ${command}\n${ended.stderr}`).to.equal(0);
        }
      }
    };
    await Promise.all(Array.from({ length: READERS }, read));
  });

  it('build a dataset that is one folder, with no edit elsewhere', async () => {
    const before = execFileSync('git', ['status', '--porcelain', 'framework', 'plugins', 'experiments'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const reader = new Reader(join(folder(), 'datasets'));
    const ended = await reader.run(['run', 'diffuse', ...SMALL, 'dataset=Stripes', 'maxSteps=2', '--json']);
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

  it('name tests that are there', () => {
    const named = [...textOf('docs/config-compared.md').matchAll(/\]\(\.\.\/(test\/[^)]+)\): "([^"]+)"/g)];
    expect(named.length).to.be.above(30);
    const missing = named.filter(
      ([, file = '', title = '']) => !readFileSync(join(ROOT, file), 'utf8').includes(title),
    );
    expect(missing.map(([row]) => row)).to.deep.equal([]);
  });

  it('name files that are there', () => {
    const missing = DOCUMENTS.flatMap((document) =>
      [...textOf(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(missing).to.deep.equal([]);
  });
});
