import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure, type EnsureOptions } from '../../install/ensure';
import { PackagesSource } from '../../install/packages';
import { packagesFolder } from '../../install/pip';
import type { BuildContext } from '../../install/source';
import { runForeground } from './run-foreground';
import { findInstallation } from './installation';
import { SETUP } from './source';
import { TENSORBOARD_REQUIREMENTS, keepTensorBoardApart } from './tensorboard-packages';

/** TensorBoard alone, for where TensorFlow's own environment does not hold it or its Python is gone. */
class TensorBoardSource extends PackagesSource {
  override async build(context: BuildContext): Promise<object> {
    const parts = await super.build(context);
    await keepTensorBoardApart(join(context.folder, await packagesFolder(context)));
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

/** The Python that has TensorBoard, where it is installed: run it with `-m tensorboard.main`. */
export function findTensorBoard(): string | undefined {
  const beside = findInstallation()?.python;
  return beside !== undefined && existsSync(beside) ? beside : source.find();
}

/**
 * Runs TensorBoard in this terminal until it ends, installing it first where it is not.
 * @returns its exit code
 * @throws UserError where it cannot be installed
 */
export async function runTensorBoard(args: readonly string[]): Promise<number> {
  return runForeground(await ensureTensorBoard(), ['-I', '-m', 'tensorboard.main', ...args]);
}

/** Makes sure that TensorBoard is installed. @returns the Python that has it @throws UserError */
export function ensureTensorBoard(options?: EnsureOptions): Promise<string> {
  return ensure(source, findTensorBoard, options);
}
