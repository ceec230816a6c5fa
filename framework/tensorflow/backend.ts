import { createRequire } from 'node:module';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { loadTfjs, TFJS_NAME } from './install/npm-package';
import * as tf from './tf';

/** As tfjs-node's own entry point, which prefers its backend to others. */
const PRIORITY = 3;

/** The part of tfjs-node used here. Its entry point would look for the addon within the package. */
interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: TFJSBinding, packageName: string) => NodeJSKernelBackend;
}

/**
 * Sets the backend of tfjs-node with an addon. Its kernels import TensorFlow.js, which registers gradients and chained operations.
 * @param addon absolute path
 */
export function setNativeBackend(addon: string): void {
  restoreUtil();
  loadTfjs('dist/register_all_kernels');
  const { NodeJSKernelBackend } = loadTfjs('dist/nodejs_kernel_backend') as BackendModule;
  const binding = createRequire(__filename)(addon) as TFJSBinding;
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, TFJS_NAME), PRIORITY);
  void tf.setBackend('tensorflow');
}

/** Restores two functions of Node's `util` that tfjs-node calls: they are deprecated since Node 22, and one was removed in Node 23. */
function restoreUtil(): void {
  const util = createRequire(__filename)('node:util') as object;
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
