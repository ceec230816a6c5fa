import { nativeBackend } from './operation';
import * as tf from './tf';

/** What a draw depends on: two numbers that say which stream and which step. int32 [2], borrowed. */
export type Seeds = tf.Tensor1D;

/** Standard normal draws, by TensorFlow's Philox generator. @returns float32 of that shape; the caller disposes */
export function statelessNormal<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds): tf.Tensor<R> {
  return stateless('StatelessRandomNormal', shape, seeds) as tf.Tensor<R>;
}

/** Uniform draws from [0, 1), by TensorFlow's Philox generator. @returns float32 of that shape; the caller disposes */
export function statelessUniform<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds): tf.Tensor<R> {
  return stateless('StatelessRandomUniform', shape, seeds) as tf.Tensor<R>;
}

/** Whole numbers of which each that has 32 bits is as likely, by TensorFlow's Philox generator. @returns int32 of that shape; the caller disposes */
export function statelessBits<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds): tf.Tensor<R> {
  const { TF_INT32 } = nativeBackend().binding;
  return stateless('StatelessRandomUniformFullInt', shape, seeds, TF_INT32) as tf.Tensor<R>;
}

function stateless(
  operation: string,
  shape: readonly number[],
  seeds: Seeds,
  type = nativeBackend().binding.TF_FLOAT,
): tf.Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: type },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  return tf.tidy(() => backend.executeSingleOutput(operation, attributes, [tf.tensor1d([...shape], 'int32'), seeds]));
}
