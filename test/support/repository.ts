import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A git repository of a test's own, whatever settings the machine has. */
export class Repository {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgSign=false'];
    return execFileSync('git', [...author, ...args], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Commits all there is. @returns the commit */
  commit(): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=state');
    return this.git('rev-parse', 'HEAD');
  }
}

/** Every file below a folder, git's own left out, with whether it is executable, and its content or where it links to. */
export function tree(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry): [string, string][] => {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (entry.isDirectory() || /^\.git(\/|$)/.test(name)) return [];
    if (entry.isSymbolicLink()) return [[name, `-> ${readlinkSync(path)}`]];
    return [[name, `${lstatSync(path).mode & 0o100 ? 'x' : '-'} ${readFileSync(path).toString('base64')}`]];
  });
  return Object.fromEntries(entries.flat());
}
