import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What a file imports, relative imports as paths from the root. */
export function importsOf(file: string): string[] {
  const code = readFileSync(join(ROOT, file), 'utf8');
  const found = [...code.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((name) => (name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : name));
}
