import { join } from 'node:path';
import { readProjectFile } from './project-file';
import { projectRoot } from './project-root';

/**
 * A path in the project's folder of data, for the default of a dataset's setting: that of the key `data` of `explab.yaml`, or `data/` in the
 * project. labml's `lab.get_data_path()`.
 *
 *     root = value(dataFolder('prices'), { path: true });
 */
export function dataFolder(...names: string[]): string {
  const root = projectRoot();
  const { data } = readProjectFile(root);
  if (data !== undefined) return join(data, ...names);
  return join(root === process.cwd() ? '' : root, 'data', ...names);
}
