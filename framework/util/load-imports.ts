import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compiledFile } from '../typescript';
import { CODE_ROOT } from './own-package';

/** A lazy import in compiled code. */
const LAZY_IMPORT = /^ *const data = .*\brequire\("(.+)"\)/gm;

/**
 * Loads what the loaded files of exp import lazily. A run of days would otherwise load code that was edited or upgraded since it began.
 */
export function loadImports(): void {
  const scanned = new Set<string>();
  const next = () => Object.keys(require.cache).filter((file) => isOwn(file) && !scanned.has(file));
  for (let files = next(); files.length > 0; files = next()) {
    for (const file of files) loadImportsOf(file);
    for (const file of files) scanned.add(file);
  }
}

const isOwn = (file: string) =>
  ['framework', 'plugins', 'experiments'].some((folder) => file.startsWith(join(CODE_ROOT, folder, '/')));

function loadImportsOf(file: string): void {
  const load = createRequire(file);
  const names = [...codeOf(file).matchAll(LAZY_IMPORT)].map(([, name = '']) => name);
  // Only help and lists read source files.
  for (const name of names.filter((each) => each !== 'typescript')) {
    try {
      load(name);
    } catch {
      // It fails again where it is needed, if it is.
    }
  }
}

const codeOf = (file: string) => (file.endsWith('.ts') ? compiledFile(file) : readFileSync(file, 'utf8'));
