import { nativeBackend } from '../operation';
import * as tf from '../tf';
import { currentTrace } from './trace';

/** A kernel of tfjs-node that a trace replaces; TensorFlow.js tells it its inputs and attributes. */
interface Call {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly attrs: object;
}

/** @returns nothing where tfjs-node's own kernel is to be taken after all */
type Replacement = (call: Call) => tf.Tensor | undefined;

/** Has some kernels of tfjs-node's replaced while a step is traced. */
export function replaceKernels(): void {
  replace('GatherV2', gather);
  replace('BatchMatMul', matMul);
}

function replace(name: string, replacement: Replacement): void {
  const own = tf.getKernel(name, 'tensorflow');
  if (own.setupFunc === marked) return;
  tf.unregisterKernel(name, 'tensorflow');
  tf.registerKernel({
    ...own,
    setupFunc: marked,
    kernelFunc: (call) => (currentTrace() && replacement(call as unknown as Call)) ?? own.kernelFunc(call),
  });
}

/**
 * tfjs-node's kernel of `tf.gather` reads its indices to check them, which a trace has none of yet: here it is the op alone. In a graph
 * TensorFlow itself refuses an index out of range.
 */
function gather({ inputs, attrs }: Call): tf.Tensor {
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const backend = nativeBackend();
  const { TF_ATTR_INT } = backend.binding;
  const attributes = [
    { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
    typeOf('Tparams', x.dtype),
    typeOf('Tindices', indices.dtype),
    typeOf('Taxis', 'int32'),
  ];
  return backend.executeSingleOutput('GatherV2', attributes, [x, indices, tf.scalar(axis, 'int32')]);
}

/** Elements from which on oneDNN's batched product is faster than its plain one, which reorders the matrices first. */
const LARGE = 2 ** 20;

/** A product of two matrices is no batch of products: the plain op costs less, and TensorFlow fuses it with the bias after it. */
function matMul({ inputs, attrs }: Call): tf.Tensor | undefined {
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  if (a.rank !== 2 || b.rank !== 2 || Math.max(a.size, b.size) > LARGE) return undefined;
  const backend = nativeBackend();
  const { TF_ATTR_BOOL } = backend.binding;
  const attributes = [
    typeOf('T', a.dtype),
    { name: 'transpose_a', type: TF_ATTR_BOOL, value: transposeA },
    { name: 'transpose_b', type: TF_ATTR_BOOL, value: transposeB },
  ];
  return backend.executeSingleOutput('MatMul', attributes, [a, b]);
}

function typeOf(name: string, dtype: tf.DataType) {
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32, TF_BOOL } = nativeBackend().binding;
  const codes: Readonly<Record<string, number>> = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL };
  return { name, type: TF_ATTR_TYPE, value: codes[dtype] ?? TF_FLOAT };
}

/** Marks a kernel that stands in for tfjs-node's, so that it is put there once. */
function marked(): void {
  // Nothing needs to be set up.
}
