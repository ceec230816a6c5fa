import * as tf from '../tf';

/** Direction of a cumulative op. */
interface Cumulative {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Registers the gradient of cumprod, which TensorFlow.js lacks, and of cumsum, which it transposes unless the axis is the last. */
export function registerCumulativeGradients(): void {
  tf.registerGradient({
    kernelName: 'Cumsum',
    gradFunc: (dy, _, attributes) => ({ x: () => sumBack(dy as tf.Tensor, cumulative(attributes)) }),
  });
  tf.registerGradient({
    kernelName: 'Cumprod',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => cumprodGradient(x as tf.Tensor, dy as tf.Tensor, cumulative(attributes)),
    }),
  });
}

/**
 * dx_i = Σ_j dy_j y_j / x_i over the products y_j that x_i is in. A zero x_i is in the products of the others, as long as it is the only
 * zero in them. Where one product has two zeros, the gradient of this gradient is 0.
 */
function cumprodGradient(x: tf.Tensor, dy: tf.Tensor, options: Cumulative): tf.Tensor {
  const { axis, exclusive, reverse } = options;
  const isZero = tf.equal(x, 0);
  const zeros = tf.cast(isZero, 'float32');
  const nonzero = tf.where(isZero, 1, x);
  const one = tf.cast(tf.equal(tf.cumsum(zeros, axis, exclusive, reverse), 1), 'float32');
  const isFirst = tf.cast(tf.equal(tf.cumsum(zeros, axis, false, reverse), 1), 'float32');
  const withOneZero = tf.mul(tf.cumprod(nonzero, axis, exclusive, reverse), one);
  const atZero = tf.mul(sumBack(tf.mul(dy, withOneZero), options), isFirst);
  const elsewhere = tf.div(sumBack(tf.mul(dy, tf.cumprod(x, axis, exclusive, reverse)), options), nonzero);
  return tf.where(isZero, atZero, elsewhere);
}

/** For each element, the sum over the results that it is in. */
function sumBack(dy: tf.Tensor, { axis, exclusive, reverse }: Cumulative): tf.Tensor {
  return tf.cumsum(dy, axis, exclusive, !reverse);
}

function cumulative(attributes: object): Cumulative {
  return attributes as Cumulative;
}
