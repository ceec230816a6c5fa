import * as tf from '../tf';

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
  tf.registerGradient({
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor];
      return { x: () => scatter(stridedSlice(positions(x.shape), attributes), dy as tf.Tensor, x.shape) };
    },
  });
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

function stridedSlice(x: tf.Tensor, attributes: object): tf.Tensor {
  return tf.engine().runKernel('StridedSlice', { x }, attributes as tf.NamedAttrMap);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
