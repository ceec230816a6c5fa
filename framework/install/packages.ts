import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure, type EnsureOptions } from './ensure';
import { ENVIRONMENT_PYTHON, hashOf, installPackages, makeEnvironment } from './pip';
import { findPython } from './python';
import { folderOf } from './record';
import type { Source, InstallTarget, BuildContext } from './source';

/** Python packages in their own virtual environment. */
export interface Packages extends InstallTarget {
  /** Requirements file that pins each package by version and hashes. */
  readonly requirements: string;
  /** Download size for display: '40 MB'. */
  readonly download: string;
  /** Peak disk space of the installation, in bytes. */
  readonly space: number;
}

/** Installs Python packages. */
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

  /** The Python that has the packages; undefined if they are not installed. */
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
    await context.progress.step(`Create a Python ${python.version} environment`, () =>
      makeEnvironment(context, python),
    );
    await context.progress.step(`Install ${title} (${download})`, () => installPackages(context, [requirements]));
    return {};
  }
}

/**
 * Installs Python packages if necessary: once, in the user's cache folder, with the user's pip configuration.
 * @returns the Python that has them
 * @throws UserError with the cause of a failed installation
 */
export function ensurePackages(packages: Packages, options?: EnsureOptions): Promise<string> {
  const source = new PackagesSource(packages);
  return ensure(source, () => source.find(), options);
}
