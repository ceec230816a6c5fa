import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importsOf } from './support/imports';
import { testFiles } from './support/test-files';

/*
 * Runs the tests of what changes, whenever a file is saved: the test files that import it. Where none does, those of its folder, as
 * test/framework/nn for framework/nn. Options are passed to mocha.
 */

const ROOT = join(__dirname, '..');
const WATCHED = ['framework', 'plugins', 'experiments', 'test'];

/** An editor saves a file in several steps, and several files at once. */
const PAUSE_MS = 200;

function testsOf(changed: string): string[] {
  const all = testFiles();
  if (all.includes(changed)) return [changed];
  const names = [changed.replace(/\.ts$/, ''), changed.replace(/\/index\.ts$/, '')];
  const importing = all.filter((file) => importsOf(file).some((name) => names.includes(name)));
  const [, folder = ''] = /^(?:test\/)?(.*)\//.exec(changed) ?? [];
  return importing.length > 0 ? importing : all.filter((file) => file.startsWith(`test/${folder}/`));
}

function mocha(args: readonly string[]): Promise<void> {
  const child = spawn('npx', ['mocha', ...args], { cwd: ROOT, stdio: 'inherit' });
  return new Promise((done, fail) => child.on('error', fail).on('close', () => done()));
}

/** Runs what has changed since it ran last, and again what changes while it runs. */
async function runChanged(changed: Set<string>, options: readonly string[]): Promise<void> {
  while (changed.size > 0) {
    await sleep(PAUSE_MS);
    const files = [...changed];
    changed.clear();
    const tests = new Set(files.flatMap(testsOf));
    console.log(`\nChanged: ${files.join(', ')}`);
    if (tests.size > 0) await mocha([...options, ...tests]);
    else console.log('No test imports it.');
  }
}

function main(options: readonly string[]): void {
  const changed = new Set<string>();
  let isRunning = false;
  const onChange = async (file: string) => {
    changed.add(file);
    if (isRunning) return;
    isRunning = true;
    await runChanged(changed, options);
    isRunning = false;
  };
  for (const folder of WATCHED)
    watch(join(ROOT, folder), { recursive: true }, (_, name) => {
      if (name?.endsWith('.ts') === true) void onChange(join(folder, name));
    });
  console.log(`Waiting for changes in ${WATCHED.join(', ')}.`);
}

main(process.argv.slice(2));
