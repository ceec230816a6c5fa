import * as tf from '../tf';

/** Ops whose results are elements of x, each as often as the op says: TensorFlow.js has a wrong gradient for MirrorPad, and none for the others. */
const REARRANGING = ['StridedSlice', 'MirrorPad', 'DepthToSpace'];

/** Registers the gradients of ops that select elements: each element's gradient goes to where it was. */
export function registerSelectGradients(): void {
  tf.registerGradient({
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, saved) => {
      const [params, indices] = saved as [tf.Tensor, tf.Tensor];
      return { params: () => tf.scatterND(indices, dy as tf.Tensor, params.shape) };
    },
  });
  tf.registerGradient({
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy, [indices]) => ({ updates: () => tf.gatherND(dy as tf.Tensor, indices as tf.Tensor) }),
  });
  for (const kernelName of REARRANGING) registerByPositions(kernelName);
  tf.registerGradient({
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [x, indices] = saved as [tf.Tensor, tf.Tensor];
      const [dy] = dys as tf.Tensor[];
      return { x: () => scatter(inLastAxis(indices, x.shape), dy as tf.Tensor, x.shape) };
    },
  });
}

/** The same op on the positions of the elements says where each came from. */
function registerByPositions(kernelName: string): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [{ shape }] = saved as [tf.Tensor];
      const origins = () => tf.engine().runKernel<tf.Tensor>(kernelName, { x: positions(shape) }, attributes);
      return { x: () => scatter(origins(), dy as tf.Tensor, shape) };
    },
  });
}

/** Position of each element in a flat tensor. */
function positions(shape: readonly number[]): tf.Tensor {
  return tf.reshape(tf.range(0, sizeOf(shape), 1, 'int32'), [...shape]);
}

/** Flat positions from indices in the last axis. */
function inLastAxis(indices: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const length = shape.at(-1) ?? 1;
  const rows = tf.range(0, sizeOf(shape), length, 'int32');
  return tf.add(indices, tf.reshape(rows, [...shape.slice(0, -1), 1]));
}

/** Adds values to zeros at flat positions. */
function scatter(positions: tf.Tensor, values: tf.Tensor, shape: number[]): tf.Tensor {
  const flat = tf.scatterND(tf.reshape(positions, [-1, 1]), tf.reshape(values, [-1]), [sizeOf(shape)]);
  return tf.reshape(flat, shape);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
