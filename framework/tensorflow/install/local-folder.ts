import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors';
import { buildAddon, testInPlace } from './addon';
import { PLATFORM } from './platform';
import { findCompiler } from './compiler';
import { TFJS_VERSION } from './npm-package';
import type { BuildContext } from '../../install/source';
import { SETUP, type TensorFlowParts, type TensorFlowSource } from './source';

/** An existing TensorFlow of the user: the `tensorflow/` folder of an installed wheel. */
export class FolderSource implements TensorFlowSource {
  readonly command = SETUP.command;
  readonly alternatives = SETUP.alternatives;
  readonly title: string;
  readonly space = 50e6;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.title = `the TensorFlow in ${this.folder}`;
  }

  /** Differs if TensorFlow in the same folder is replaced. */
  get key(): string {
    const folder = existsSync(this.folder) ? realpathSync(this.folder) : this.folder;
    const { size, mtimeMs } = statSync(join(folder, PLATFORM.libraries[0]), { throwIfNoEntry: false }) ?? {
      size: 0,
      mtimeMs: 0,
    };
    const identity = [folder, size, mtimeMs, TFJS_VERSION, process.platform, process.arch].join('\n');
    return `folder-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;
  }

  check(): Promise<void> {
    this.checkFolder();
    findCompiler();
    return Promise.resolve();
  }

  async build(context: BuildContext): Promise<TensorFlowParts> {
    const library = realpathSync(this.folder);
    const addon = await context.progress.step('Build the Node addon', () => buildAddon(context, library, library));
    return { ...(await testInPlace(context, addon)), variant: 'folder', library, addon };
  }

  private checkFolder(): void {
    const missing = missingFrom(this.folder);
    if (missing.length === 0) return;
    const subfolder = join(this.folder, 'tensorflow');
    throw new UserError(`${this.folder} is not a TensorFlow folder: it lacks ${missing.join(', ')}.`, {
      hints: [
        ...(missingFrom(subfolder).length === 0 ? [`Did you mean ${subfolder}?`] : []),
        'To print the folder of an installed wheel:',
        '  python3 -c "import importlib.util as u; print(u.find_spec(\'tensorflow\').submodule_search_locations[0])"',
      ],
    });
  }
}

function missingFrom(folder: string): string[] {
  return [...PLATFORM.libraries, 'include'].filter((name) => !existsSync(join(folder, name)));
}
