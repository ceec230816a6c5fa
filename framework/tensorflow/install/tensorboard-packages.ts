import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What TensorBoard needs, each package pinned. */
export const TENSORBOARD_REQUIREMENTS = join(__dirname, 'requirements-tensorboard.txt');

/**
 * TensorBoard would import TensorFlow, whose Python half has no use here and lacks its dependencies: half a second and TensorFlow's
 * chatter for nothing. TensorBoard looks for a module of this name, which says: do not.
 * @param packages the folder of the installed packages
 */
export async function keepTensorBoardApart(packages: string): Promise<void> {
  await writeFile(join(packages, 'tensorboard', 'compat', 'notf.py'), '');
}
