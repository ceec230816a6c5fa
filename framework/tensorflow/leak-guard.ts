import * as tf from './tf';

/** Steps in a row with more tensors after them than before, from which on it is called a leak. */
const STEPS = 10;

/** The calls of TensorFlow.js's engine by which tensors come and go. */
interface TensorRegister {
  trackTensor: (tensor: tf.Tensor, backend: unknown) => void;
  disposeTensor: (tensor: tf.Tensor) => void;
}

/** Notices that each step leaves tensors behind, and tells which, and what code made them. */
export class LeakGuard {
  private before = Infinity;
  private grown = 0;
  private survivors: ReadonlyMap<tf.Tensor, string> | undefined;
  private stopRecording: (() => void) | undefined;
  private isReported = false;

  /** To be called after each step. @returns what leaks, once it is known and never again */
  afterStep(): string | undefined {
    if (this.isReported) return undefined;
    if (this.stopRecording) return this.report();
    const { numTensors } = tf.memory();
    this.grown = numTensors > this.before ? this.grown + 1 : 0;
    this.before = numTensors;
    if (this.grown >= STEPS) this.record();
    return undefined;
  }

  /** Notes what the next step makes and does not dispose of. */
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
    return ['Each step leaves tensors behind, which fill the memory in the end:', ...lines].join('\n');
  }

  /** Ends the recording, where one goes on. */
  close(): void {
    this.stopRecording?.();
    this.stopRecording = undefined;
  }
}

/** Where libraries' code lies, also by their source maps. */
const LIBRARY = /node_modules|\/tfjs[\w-]*\/src\//;

/** The innermost function being called that belongs to no library and not to this file. */
function caller(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const own = frames.find((frame) => !LIBRARY.test(frame) && !frame.includes(__filename));
  return own?.trim() ?? 'by a library';
}
