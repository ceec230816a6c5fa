import { nativeBackend } from '../operation';
import * as tf from '../tf';
import { currentTrace } from './trace';

/** Arguments of a tfjs-node kernel that a trace replaces. */
interface Call {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly attrs: object;
}

/** @returns undefined to fall back to tfjs-node's kernel */
type Replacement = (call: Call) => tf.Tensor | undefined;

/** Replaces some kernels of tfjs-node while a step is traced. */
export function replaceKernels(): void {
  replace('GatherV2', gather);
  replace('BatchMatMul', matMul);
}

function replace(name: string, replacement: Replacement): void {
  const original = tf.getKernel(name, 'tensorflow');
  if (original.setupFunc === replacementMarker) return;
  tf.unregisterKernel(name, 'tensorflow');
  tf.registerKernel({
    ...original,
    setupFunc: replacementMarker,
    kernelFunc: (call) => (currentTrace() && replacement(call as unknown as Call)) ?? original.kernelFunc(call),
  });
}

/**
 * The op of `tf.gather` alone: tfjs-node's kernel reads the indices to check them, and a trace has no values yet. In a graph
 * TensorFlow itself rejects an index out of range.
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

/** Maximum elements for oneDNN's plain product; above, its batched one is faster, since the plain one reorders the matrices first. */
const MAX_PLAIN_ELEMENTS = 2 ** 20;

/** Uses the plain op for a product of two matrices: it is cheaper than the batched one, and TensorFlow fuses it with a following bias. */
function matMul({ inputs, attrs }: Call): tf.Tensor | undefined {
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  if (a.rank !== 2 || b.rank !== 2 || Math.max(a.size, b.size) > MAX_PLAIN_ELEMENTS) return undefined;
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

/** Marks a kernel as already replaced. */
function replacementMarker(): void {
  // Nothing to set up.
}
