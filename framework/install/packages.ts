import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure, type EnsureOptions } from './ensure';
import { ENVIRONMENT_PYTHON, hashOf, installPackages, makeEnvironment } from './pip';
import { findPython } from './python';
import { folderOf } from './record';
import type { Source, InstallTarget, BuildContext } from './source';

/** Packages for Python in an environment of their own. */
export interface Packages extends InstallTarget {
  /** A requirements file in which each package is pinned by its version and hashes. */
  readonly requirements: string;
  /** How much is downloaded, as people say it: '40 MB'. */
  readonly download: string;
  /** Bytes that they need on the disk while they are installed. */
  readonly space: number;
}

/** Installs packages for Python. */
export class PackagesSource implements Source<object> {
  readonly key: string;
  readonly title: string;
  readonly command: string;
  readonly alternatives: readonly string[];
  readonly space: number;

  constructor(private readonly packages: Packages) {
    const { title, requirements } = packages;
    this.title = title;
    this.command = packages.command;
    this.alternatives = packages.alternatives;
    this.space = packages.space;
    this.key = `${title.toLowerCase()}-${process.platform}-${process.arch}-${hashOf([requirements])}`;
  }

  /** The Python that has the packages, where they are installed. */
  find(): string | undefined {
    const python = join(folderOf(this.key), ENVIRONMENT_PYTHON);
    return existsSync(python) ? python : undefined;
  }

  async check(): Promise<void> {
    await findPython(this);
  }

  async build(context: BuildContext): Promise<object> {
    const { title, download, requirements } = this.packages;
    const python = await findPython(this);
    await context.progress.step(`Make a Python ${python.version} environment`, () => makeEnvironment(context, python));
    await context.progress.step(`Install ${title} (${download})`, () => installPackages(context, [requirements]));
    return {};
  }
}

/**
 * Makes sure that packages for Python are installed: once, in the user's cache folder, by the user's own pip configuration.
 * @returns the Python that has them
 * @throws UserError that says what stood in the way
 */
export function ensurePackages(packages: Packages, options?: EnsureOptions): Promise<string> {
  const source = new PackagesSource(packages);
  return ensure(source, () => source.find(), options);
}
