import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const DOCS = join(__dirname, '../../docs');

/** How many faults each group of the matrix has. */
const GROUPS = { A: 18, B: 15, C: 10, D: 13, E: 9, F: 24 } as const;

/** A fault of the table. */
interface Row {
  readonly id: string;
  /** What the last column says: tests, or why there is none. */
  readonly tests: string;
}

function rows(): Row[] {
  const lines = readFileSync(join(DOCS, 'reliability.md'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, id = '', ...cells] = line.split('|').map((cell) => cell.trim());
    return /^[A-F]\d+$/.test(id) ? [{ id, tests: cells[3] ?? '' }] : [];
  });
}

/** The tests that a row names: a link to a file, and then titles of it. */
function testsOf({ tests }: Row): { file: string; title: string }[] {
  return [...tests.matchAll(/\]\(([^)]+)\): ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  );
}

function isThere({ file, title }: { file: string; title: string }): boolean {
  const path = join(DOCS, file);
  return existsSync(path) && readFileSync(path, 'utf8').includes(title);
}

describe('the faults in docs/reliability.md', () => {
  it('are those of the matrix, each once', () => {
    const ids = rows().map(({ id }) => id);
    const wanted = Object.entries(GROUPS).flatMap(([group, length]) =>
      Array.from({ length }, (_, index) => `${group}${index + 1}`),
    );
    expect(ids).to.deep.equal(wanted);
  });

  it('name existing tests, or say why there is none', () => {
    const wrong = rows().flatMap((row) => {
      const tests = testsOf(row);
      if (tests.length === 0) return /^no test: .{40}/.test(row.tests) ? [] : [`${row.id}: names no test`];
      return tests.filter((test) => !isThere(test)).map(({ file, title }) => `${row.id}: ${file}: ${title}`);
    });
    expect(wrong).to.deep.equal([]);
  });
});
