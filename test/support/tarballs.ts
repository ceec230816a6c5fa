import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '../../framework/util/own-package';

const ROOT = join(__dirname, '../..');
let folder: string | undefined;

/** This clone's package, packed once in a process, which takes half a minute. @returns the path of the tarball */
export function tarball(): string {
  return join((folder ??= pack()), `explab-${VERSION}.tgz`);
}

/** The package of `npm create explab`. @returns the path of the tarball */
export function createTarball(): string {
  return join((folder ??= pack()), `create-explab-${VERSION}.tgz`);
}

function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), '.explab-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // The .npmrc of a clone turns off prepack, as all scripts.
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
  const args = ['pack', '--silent', '--pack-destination', folder, '.', './packaging/create-explab'];
  execFileSync('npm', args, { cwd: ROOT, stdio: 'ignore' });
  return folder;
}
