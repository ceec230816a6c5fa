import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A project that has installed this package from its tarball, with install scripts. */
export class InstalledPackage {
  private readonly root = mkdtempSync(join(tmpdir(), '.explab-'));
  readonly folder = join(this.root, 'project');

  /** Packs this clone and installs the tarball; takes a minute. */
  install(): void {
    mkdirSync(this.folder);
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts=false', '--pack-destination', this.root], {
      cwd: ROOT,
      stdio: 'ignore',
    });
    const [tarball = ''] = readdirSync(this.root).filter((name) => name.endsWith('.tgz'));
    this.write('package.json', JSON.stringify({ name: 'project', private: true }));
    this.run('npm', 'install', '--ignore-scripts=false', '--prefer-offline', '--no-audit', `../${tarball}`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a command in the project. @returns its output @throws Error with all it printed if it fails */
  run(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: exit ${String(status)}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs `exp` from the project's `node_modules`. */
  exp(...args: string[]): string {
    return this.run(join(this.folder, 'node_modules/.bin/exp'), ...args);
  }
}

/** Installs the package once for the tests of a block. */
export function installedPackage(): InstalledPackage {
  const installed = new InstalledPackage();
  before(function () {
    this.timeout(600_000);
    installed.install();
  });
  after(() => installed.remove());
  return installed;
}
