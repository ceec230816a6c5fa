import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
let folder: string | undefined;

/** This clone's package, packed once in a process, which takes half a minute. @returns the path of the tarball */
export function tarball(): string {
  folder ??= pack();
  const { version } = require('../../package.json') as { readonly version: string };
  return join(folder, `explab-${version}.tgz`);
}

function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), '.explab-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // The .npmrc of a clone turns off prepack, as all scripts.
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT, stdio: 'ignore' });
  return folder;
}
