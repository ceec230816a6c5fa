import * as tf from '../tf';
import { nativeBackend } from '../operation';
import { currentTrace } from './trace';

/**
 * tfjs-node's kernel of `tf.gather` reads its indices to check them, which a trace has none of yet: there it is the op alone. In a graph
 * TensorFlow itself refuses an index out of range.
 */
export function traceGatherByItsOp(): void {
  const own = tf.getKernel('GatherV2', 'tensorflow');
  if (own.setupFunc === marked) return;
  tf.unregisterKernel('GatherV2', 'tensorflow');
  tf.registerKernel({
    ...own,
    setupFunc: marked,
    kernelFunc: (call) => (currentTrace() ? gather(call as unknown as GatherCall) : own.kernelFunc(call)),
  });
}

interface GatherCall {
  readonly inputs: { x: tf.Tensor; indices: tf.Tensor };
  readonly attrs: { axis: number; batchDims: number };
}

function gather({ inputs: { x, indices }, attrs: { axis, batchDims } }: GatherCall): tf.TensorInfo {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_FLOAT, TF_INT32, TF_BOOL } = backend.binding;
  const codes: Readonly<Record<string, number>> = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL };
  const type = (name: string, dtype: tf.DataType) => ({ name, type: TF_ATTR_TYPE, value: codes[dtype] ?? TF_FLOAT });
  const attributes = [
    { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
    type('Tparams', x.dtype),
    type('Tindices', indices.dtype),
    type('Taxis', 'int32'),
  ];
  return backend.executeSingleOutput('GatherV2', attributes, [x, indices, tf.scalar(axis, 'int32')]);
}

/** Marks the kernel that stands in for tfjs-node's, so that it is put there once. */
function marked(): void {
  // Nothing needs to be set up.
}
