import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with this package's package.json: above the sources, and above the compiled code of an installed package. */
export const PACKAGE_ROOT = packageRoot(__dirname);

/** Folder of the code that runs, with `framework/`, `plugins/` and `experiments/`: sources, or what was compiled from them. */
export const CODE_ROOT = join(__dirname, '../..');

/** Version of this package. */
export const { version: VERSION } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

/** The command that starts `exp` in a separate process. */
export const EXP: readonly string[] = [process.execPath, join(CODE_ROOT, 'framework/cli/exp.js')];

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}
