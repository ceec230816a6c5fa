import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import * as tf from './tf';

/** What an op is told besides its inputs. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

/** The native backend as far as it is used here: any of TensorFlow's own ops by name, also those that TensorFlow.js lacks. */
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

/** One of TensorFlow's own operations of float32 that is told nothing else than its type. @returns the caller disposes */
export function float32Operation(type: string, inputs: readonly tf.Tensor[]): tf.Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return backend.executeSingleOutput(type, [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }], inputs);
}
