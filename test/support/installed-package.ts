import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readManifest } from '../../framework/project/manifest';
import { NPM, type PackageManager } from './package-managers';
import { tarball } from './tarballs';

const EXP = join(__dirname, '../../framework/cli/exp.js');

/** How a project is made. */
export interface ProjectOptions {
  /** Name of a project that `exp init` writes; otherwise it is empty. */
  readonly init?: string;
  /** Installs its packages; its default is npm. */
  readonly manager?: PackageManager;
  /** Whether npm begins with an empty cache of its own. */
  readonly hasEmptyCache?: boolean;
}

/** A project that has installed this package from its tarball, with install scripts. */
export class InstalledPackage {
  private readonly root = mkdtempSync(join(tmpdir(), '.explab-'));
  readonly folder: string;
  private readonly manager: PackageManager;
  /** The folder in which commands are run. */
  private cwd: string;

  constructor(private readonly options: ProjectOptions = {}) {
    this.folder = this.cwd = join(this.root, options.init ?? 'project');
    this.manager = options.manager ?? NPM;
  }

  /** Makes the project and installs the package. */
  install(): void {
    if (this.options.init !== undefined)
      execFileSync(process.execPath, [EXP, 'init', this.folder], { stdio: 'ignore', env: this.env });
    for (const [path, text] of Object.entries(this.manager.files ?? {})) this.write(path, text);
    this.dependOnTarball();
    this.manage(...this.manager.install);
  }

  private dependOnTarball(): void {
    const manifest = readManifest(this.folder) ?? { name: 'project', private: true };
    const dependencies = { explab: `file:${tarball()}` };
    this.write('package.json', JSON.stringify({ ...manifest, dependencies }));
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
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: this.cwd, env: this.env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: exit ${String(status)}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs the package manager in the project. */
  manage(...args: string[]): string {
    const [program, ...first] = this.manager.command;
    return this.run(program, ...first, ...args);
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

  /** The environment of its commands. */
  get env(): NodeJS.ProcessEnv {
    const { userAgent, environment } = this.manager;
    // npx passes on the clone's .npmrc, which turns off scripts.
    const own = { npm_config_ignore_scripts: undefined, npm_config_user_agent: userAgent };
    const cache = this.options.hasEmptyCache ? { npm_config_cache: join(this.root, 'cache') } : {};
    return { ...process.env, ...own, ...environment, ...cache };
  }
}

/** Installs the package once for the tests of a block. */
export function installedPackage(options: ProjectOptions = {}): InstalledPackage {
  const installed = new InstalledPackage(options);
  before(function () {
    this.timeout(600_000);
    installed.install();
  });
  after(() => installed.remove());
  return installed;
}
