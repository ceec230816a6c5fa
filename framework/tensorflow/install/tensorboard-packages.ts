import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Requirements file with TensorBoard's packages, all pinned. */
export const TENSORBOARD_REQUIREMENTS = join(__dirname, 'requirements-tensorboard.txt');

/**
 * Keeps TensorBoard from importing TensorFlow, whose Python package is unused here and lacks its dependencies: that costs half a
 * second and prints TensorFlow's log. TensorBoard looks for a module of this name, which disables the import.
 * @param packages folder of the installed packages
 */
export async function isolateTensorBoard(packages: string): Promise<void> {
  await writeFile(join(packages, 'tensorboard', 'compat', 'notf.py'), '');
}
