import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure, type EnsureOptions } from '../../install/ensure';
import { PackagesSource } from '../../install/packages';
import { packagesFolder } from '../../install/pip';
import type { BuildContext } from '../../install/source';
import { runForeground } from './run-foreground';
import { findInstallation } from './installation';
import { SETUP } from './source';
import { TENSORBOARD_REQUIREMENTS, isolateTensorBoard } from './tensorboard-packages';

/** TensorBoard alone, used if TensorFlow's environment does not include it or its Python is gone. */
class TensorBoardSource extends PackagesSource {
  override async build(context: BuildContext): Promise<object> {
    const parts = await super.build(context);
    await isolateTensorBoard(join(context.folder, await packagesFolder(context)));
    return parts;
  }
}

const source = new TensorBoardSource({
  ...SETUP,
  title: 'TensorBoard',
  requirements: TENSORBOARD_REQUIREMENTS,
  download: '40 MB',
  space: 0.6e9,
});

/** The Python that has TensorBoard; undefined if it is not installed. Run it with `-m tensorboard.main`. */
export function findTensorBoard(): string | undefined {
  const python = findInstallation()?.python;
  return python !== undefined && existsSync(python) ? python : source.find();
}

/**
 * Runs TensorBoard in this terminal until it exits, installing it first if necessary.
 * @returns its exit code
 * @throws UserError if it cannot be installed
 */
export async function runTensorBoard(args: readonly string[]): Promise<number> {
  return runForeground(await ensureTensorBoard(), ['-I', '-m', 'tensorboard.main', ...args]);
}

/** Installs TensorBoard if necessary. @returns the Python that has it @throws UserError */
export function ensureTensorBoard(options?: EnsureOptions): Promise<string> {
  return ensure(source, findTensorBoard, options);
}
