import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What `npm run test:long` and `npm run test:slurm` run. */
const ELSEWHERE = /^test\/(?:long|slurm)\//;

/** The files of tests that `npm test` runs, by their path from the root. */
export function testFiles(): string[] {
  const names = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((file) => !ELSEWHERE.test(file))
    .sort();
}
