import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** npm package that is copied. */
export const TFJS = '@tensorflow/tfjs-node-gpu';

/** Path of the copy in `dist/`. */
export const TFJS_COPY = 'third_party/tfjs-node';

/** Code of the package that is used: the backend, its kernels and the loader of SavedModels. */
const USED =
  /^(nodejs_kernel_backend|tfjs_binding|int64_tensors|saved_model|register_all_kernels|proto\/\w+|kernels\/\w+)(?<!_test)\.(js|d\.ts)$/;

/**
 * Copies what is used of tfjs-node: JavaScript, declarations, and the addon's C++. Depending on the package itself would make npm run its
 * install script, which downloads TensorFlow 2.9.1 from a server of its own.
 */
export function copyTfjs(to: string): void {
  const from = dirname(require.resolve(`${TFJS}/package.json`));
  const files = readdirSync(join(from, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    USED.test(file),
  );
  for (const file of files) copyFile(join(from, 'dist', file), join(to, 'dist', file));
  cpSync(join(from, 'binding'), join(to, 'binding'), { recursive: true });
  const { name, version, license, repository } = JSON.parse(
    readFileSync(join(from, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  writeFileSync(join(to, 'package.json'), `${JSON.stringify({ name, version, license, repository }, undefined, 2)}\n`);
}

function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
