import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A project that has installed this package from its tarball, with install scripts. */
export class InstalledPackage {
  private readonly root = mkdtempSync(join(tmpdir(), '.explab-'));
  readonly folder: string;
  /** The folder in which commands are run. */
  private cwd: string;

  /** @param init name of a project that `exp init` writes; otherwise it is empty */
  constructor(private readonly init?: string) {
    this.folder = this.cwd = join(this.root, init ?? 'project');
  }

  /** The packed package. */
  get tarball(): string {
    const [name = ''] = readdirSync(this.root).filter((each) => each.endsWith('.tgz'));
    return join(this.root, name);
  }

  /** Packs this clone and installs the tarball; takes a minute. */
  install(): void {
    // The .npmrc of a clone turns off prepack, as all scripts.
    execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', this.root], { cwd: ROOT, stdio: 'ignore' });
    if (this.init === undefined) this.write('package.json', JSON.stringify({ name: 'project', private: true }));
    else execFileSync(process.execPath, [join(ROOT, 'framework/cli/exp.js'), 'init', this.folder], { stdio: 'ignore' });
    this.run('npm', 'install', '--ignore-scripts=false', '--prefer-offline', '--no-audit', this.tarball);
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
    // npx passes on the clone's .npmrc, which turns off scripts.
    const env = { ...process.env, npm_config_ignore_scripts: undefined };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: this.cwd, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: exit ${String(status)}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs the commands of some work in another folder. */
  inFolder(folder: string, work: () => void): void {
    this.cwd = folder;
    try {
      work();
    } finally {
      this.cwd = this.folder;
    }
  }

  /** Runs `exp` from the project's `node_modules`. */
  exp(...args: string[]): string {
    return this.run(join(this.folder, 'node_modules/.bin/exp'), ...args);
  }
}

/** Installs the package once for the tests of a block. */
export function installedPackage({ init }: { readonly init?: string } = {}): InstalledPackage {
  const installed = new InstalledPackage(init);
  before(function () {
    this.timeout(600_000);
    installed.install();
  });
  after(() => installed.remove());
  return installed;
}
