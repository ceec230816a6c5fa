import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import * as tf from './tf';

/** Attribute of an op. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

/** The parts of the native backend used here: it runs any TensorFlow op by name, even those that TensorFlow.js lacks. */
interface NativeBackend {
  readonly binding: TFJSBinding;
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly unknown[],
    outputs: number,
  ): tf.Tensor[];
  summaryWriter(folder: string): tf.Tensor;
  createSummaryFileWriter(
    resource: tf.Tensor,
    folder: string,
    queue: number,
    flushMilliseconds: number,
    suffix: string,
  ): void;
}

/** The native backend. @throws Error before `loadTensorFlow` */
export function nativeBackend(): NativeBackend {
  if (tf.getBackend() !== 'tensorflow') throw new Error('TensorFlow is not loaded: call loadTensorFlow first');
  return tf.backend() as unknown as NativeBackend;
}

/** Runs a float32 operation of TensorFlow whose only attribute is its type. @returns the caller disposes */
export function float32Operation(type: string, inputs: readonly tf.Tensor[]): tf.Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return backend.executeSingleOutput(type, [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }], inputs);
}
