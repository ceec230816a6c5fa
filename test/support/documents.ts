import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** The documents that users read, by their path from the root. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** A file that a document tells the reader to write: the code block after a line that names its path. */
export function fileIn(document: string, path: string): string {
  const text = textOf(document);
  const from = text.indexOf(`\`${path}\``);
  const [, code] = /```(?:ts|yaml)\n(.*?)```/s.exec(text.slice(from)) ?? [];
  if (from < 0 || code === undefined) throw new Error(`${document} has no code for ${path}`);
  return code;
}

/** The `sh` blocks below a heading of a document, each as it stands. */
export function scriptsBelow(document: string, heading: string): string[] {
  const [, section] = textOf(document).split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${document} has no heading ${heading}`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, script = '']) => script);
}

/** The shell commands of a document: lines of its `sh` blocks and indented lines, comments left out. */
export function commandsIn(document: string): string[] {
  const text = textOf(document);
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap((match) => (match[1] ?? '').split('\n'));
  const indented = text.split('\n').filter((line) => /^ {4}(npx |npm |exp )/.test(line));
  const lines = [...blocks, ...indented].map((line) => line.replace(/\s#.*$/, '').trim());
  return lines.filter(Boolean).flatMap((line) => line.split(/\s*&&\s*/));
}

/** The words of a command, as a shell takes them: what stands in single quotes is one. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
