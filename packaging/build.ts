/**
 * Builds the package's code into `dist/`: JavaScript, declarations, doc comments, and the files that are not TypeScript.
 *
 *     npm run build
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DOC_COMMENTS } from '../framework/config/describe/docs';
import { readDocComments } from '../framework/config/describe/doc-comments';
import { compile } from '../framework/typescript';
import { bundleTfjs, copyTfjsNode, THIRD_PARTY, withThirdParty } from './tfjs';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');

function main(): void {
  rmSync(DIST, { recursive: true, force: true });
  const files = ['framework', 'plugins', 'experiments'].flatMap(filesBelow);
  const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file));
  for (const file of sources) write(file.replace(/ts$/, 'js'), compile(read(file), join(ROOT, file)));
  for (const file of files.filter((each) => !each.endsWith('.ts'))) copy(file);
  write(DOC_COMMENTS, JSON.stringify(docComments(sources)));
  declare();
  copyTfjsNode(join(DIST, THIRD_PARTY));
  filesBelow('dist').filter(isCode).forEach(useThirdParty);
  bundleTfjs(join(DIST, THIRD_PARTY));
}

/** Paths from the root, sorted. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(ROOT, join(parentPath, name))).sort();
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

function write(file: string, text: string): void {
  mkdirSync(dirname(join(DIST, file)), { recursive: true });
  writeFileSync(join(DIST, file), text);
}

function copy(file: string): void {
  cpSync(join(ROOT, file), join(DIST, file));
}

function docComments(sources: readonly string[]): object {
  const comments = sources.map((file) => [file, readDocComments(join(ROOT, file))] as const);
  return Object.fromEntries(comments.filter(([, found]) => found.length > 0));
}

/** Writes the declarations, with their maps to the sources. */
function declare(): void {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', __dirname], { stdio: 'inherit' });
}

const isCode = (file: string) => /\.(js|d\.ts)$/.test(file);

function useThirdParty(file: string): void {
  const code = read(file);
  const changed = withThirdParty(code, relative('dist', file));
  if (changed !== code) writeFileSync(join(ROOT, file), changed);
}

main();
