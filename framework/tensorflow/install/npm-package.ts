import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const load = createRequire(__filename);

/** npm package whose addon is built; its C++ and JavaScript are the same as in `tfjs-node`. In this package's build, a copy of it. */
const TFJS = '@tensorflow/tfjs-node-gpu';

/** Name and version of tfjs-node. */
export const { name: TFJS_NAME, version: TFJS_VERSION } = loadTfjs('package.json') as {
  readonly name: string;
  readonly version: string;
};

/** Folder of tfjs-node. */
export const TFJS_FOLDER = packageFolder(TFJS);

/** Loads a file of tfjs-node. */
export function loadTfjs(path: string): unknown {
  return load(`${TFJS}/${path}`);
}

/** Folder of an installed npm package. */
export function packageFolder(name: string): string {
  return dirname(load.resolve(`${name}/package.json`));
}
