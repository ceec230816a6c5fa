import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallation } from './installation';
import { ensure, type EnsureOptions } from './ensure';
import { ENVIRONMENT_PYTHON, hashOf, installPackages, makeEnvironment } from './pip';
import { runAttached } from './attached';
import { findPython } from './python';
import { folderOf } from './record';
import type { Source, Workplace } from './source';

const REQUIREMENTS = ['requirements-tensorboard.txt'];

/** TensorBoard alone, for where TensorFlow's own environment does not hold it or its Python is gone. */
const source: Source<object> = {
  key: `tensorboard-${process.platform}-${process.arch}-${hashOf(REQUIREMENTS)}`,
  title: 'TensorBoard',
  space: 0.6e9,
  check: async () => {
    await findPython();
  },
  build: async (place: Workplace) => {
    const python = await findPython();
    await place.progress.step(`Make a Python ${python.version} environment`, () => makeEnvironment(place, python));
    await place.progress.step('Install TensorBoard (40 MB)', () => installPackages(place, REQUIREMENTS));
    return {};
  },
};

/** The Python that has TensorBoard, where it is installed: run it with `-m tensorboard.main`. */
export function findTensorBoard(): string | undefined {
  const alone = join(folderOf(source.key), ENVIRONMENT_PYTHON);
  return [findInstallation()?.python, alone].find((python) => python !== undefined && existsSync(python));
}

/**
 * Runs TensorBoard in this terminal until it ends, installing it first where it is not.
 * @returns its exit code
 * @throws UserError where it cannot be installed
 */
export async function runTensorBoard(args: readonly string[]): Promise<number> {
  return runAttached(await ensureTensorBoard(), ['-I', '-m', 'tensorboard.main', ...args]);
}

/** Makes sure that TensorBoard is installed. @returns the Python that has it @throws UserError */
export function ensureTensorBoard(options?: EnsureOptions): Promise<string> {
  return ensure(source, findTensorBoard, options);
}
