import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';

const TFJS_NODE = '@tensorflow/tfjs-node-gpu';

/** Folder in `dist/` of the code of other packages. */
export const THIRD_PARTY = 'third_party';

/** Code of tfjs-node that is used: the backend, its kernels and the loader of SavedModels. */
const USED =
  /^(nodejs_kernel_backend|tfjs_binding|int64_tensors|saved_model|register_all_kernels|proto\/\w+|kernels\/\w+)(?<!_test)\.(js|d\.ts)$/;

/**
 * Copies what is used of tfjs-node: JavaScript, declarations, and the addon's C++. Depending on the package itself would make npm run its
 * install script, which downloads TensorFlow 2.9.1 from a server of its own.
 */
export function copyTfjsNode(folder: string): void {
  const from = dirname(require.resolve(`${TFJS_NODE}/package.json`));
  const to = join(folder, 'tfjs-node');
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

/** TensorFlow.js's core with what the backend needs: gradients and chained operations, which core has as ES modules only. */
const TFJS_SOURCE = `
  import '@tensorflow/tfjs-core/dist/register_all_gradients';
  import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
  export * from '@tensorflow/tfjs-core';
`;

/** Bundles TensorFlow.js: the package that has all this, `@tensorflow/tfjs`, is 240 MB of layers, converters and backends for browsers. */
export function bundleTfjs(folder: string): void {
  buildSync({
    stdin: { contents: TFJS_SOURCE, resolveDir: __dirname },
    outfile: join(folder, 'tfjs.js'),
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    // Loaded for downloads in old versions of Node.
    external: ['node-fetch'],
    logLevel: 'warning',
  });
}

/**
 * The code of a built file with the copy of tfjs-node, and in JavaScript the bundle of TensorFlow.js, instead of their packages. Declarations
 * of both are those of core. The bundle has classes, which the backend, compiled to functions, cannot call as its base.
 * @param file path in `dist/`
 */
export function withThirdParty(code: string, file: string): string {
  const path = (name: string) => {
    const to = relative(dirname(file), join(THIRD_PARTY, name));
    return to.startsWith('.') ? to : `./${to}`;
  };
  const tfjs = file.endsWith('.js') ? path('tfjs') : '@tensorflow/tfjs-core';
  return code
    .replace('_super.call(this) || this', 'Reflect.construct(_super, [], NodeJSKernelBackend)')
    .replaceAll(/(['"])@tensorflow\/tfjs-node-gpu\b/g, `$1${path('tfjs-node')}`)
    .replaceAll(/(['"])@tensorflow\/tfjs(-core)?\1/g, `$1${tfjs}$1`);
}
