import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const load = createRequire(__filename);

/** npm package whose addon is built; its C++ and JavaScript are the same as in `tfjs-node`. */
export const TFJS = '@tensorflow/tfjs-node-gpu';

/** Folder of an installed npm package. */
export function packageFolder(name: string): string {
  return dirname(load.resolve(`${name}/package.json`));
}

/** Version of an installed npm package. */
export function packageVersion(name: string): string {
  return (load(`${name}/package.json`) as { version: string }).version;
}
