import * as tf from './tf';

/** Consecutive steps with a growing number of tensors that count as a leak. */
const MIN_GROWING_STEPS = 10;

/** Functions of TensorFlow.js's engine that register and dispose of tensors. */
interface TensorRegister {
  trackTensor: (tensor: tf.Tensor, backend: unknown) => void;
  disposeTensor: (tensor: tf.Tensor) => void;
}

/** Detects tensor leaks of steps and reports the leaked tensors with the code that made them. */
export class LeakGuard {
  private before = Infinity;
  private grown = 0;
  private survivors: ReadonlyMap<tf.Tensor, string> | undefined;
  private stopRecording: (() => void) | undefined;
  private isReported = false;

  /** Must be called after each step. @returns a report of the leak, once */
  afterStep(): string | undefined {
    if (this.isReported) return undefined;
    if (this.stopRecording) return this.report();
    const { numTensors } = tf.memory();
    this.grown = numTensors > this.before ? this.grown + 1 : 0;
    this.before = numTensors;
    if (this.grown >= MIN_GROWING_STEPS) this.record();
    return undefined;
  }

  /** Records tensors that the next step makes but does not dispose of. */
  private record(): void {
    const survivors = new Map<tf.Tensor, string>();
    const register = tf.engine() as unknown as TensorRegister;
    const { trackTensor, disposeTensor } = register;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 50;
    register.trackTensor = (tensor, backend) => {
      survivors.set(tensor, caller());
      trackTensor.call(register, tensor, backend);
    };
    register.disposeTensor = (tensor) => {
      survivors.delete(tensor);
      disposeTensor.call(register, tensor);
    };
    this.survivors = survivors;
    this.stopRecording = () => {
      Object.assign(register, { trackTensor, disposeTensor });
      Error.stackTraceLimit = stackTraceLimit;
    };
  }

  private report(): string {
    this.close();
    this.isReported = true;
    const counts = new Map<string, number>();
    for (const [{ dtype, shape }, index] of this.survivors ?? []) {
      const what = `${dtype} [${shape.join(', ')}] made ${index}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    this.survivors = undefined;
    const lines = [...counts].map(([what, count]) => `  ${count} × ${what}`);
    return ['Tensor leak: each step leaks these tensors:', ...lines].join('\n');
  }

  /** Ends the recording, if any. */
  close(): void {
    this.stopRecording?.();
    this.stopRecording = undefined;
  }
}

/** Paths of libraries, also in source maps. */
const LIBRARY = /node_modules|\/tfjs[\w-]*\/src\//;

/** The innermost stack frame outside of libraries and this file. */
function caller(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const own = frames.find((frame) => !LIBRARY.test(frame) && !frame.includes(__filename));
  return own?.trim() ?? 'by a library';
}
