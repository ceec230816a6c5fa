import { withoutRecording } from '../tensorflow/gradients/tape';
import * as tf from '../tensorflow/tf';
import { ModuleVariable } from './module-variable';

/** New values by buffer. */
export type BufferMap = ReadonlyMap<Buffer, tf.Tensor>;

/**
 * State of a module that is not trained, such as running statistics: saved with the parameters, and updated by the losses of the step that
 * trains its module. PyTorch's buffer.
 */
export class Buffer extends ModuleVariable {
  protected readonly kind = 'buffer';
  /** Where updates go during `collectUpdates`. */
  private updates: Map<Buffer, tf.Tensor> | undefined;

  /**
   * Updates the buffer at the end of the step, if the step succeeds; with micro-batches or workers, to the mean of their values. Does
   * nothing outside a loss that is minimized, such as in an evaluation.
   * @param change computes the new value from the previous one, which is borrowed; not differentiated
   */
  update(change: (previous: tf.Tensor) => tf.Tensor): void {
    const { updates } = this;
    if (!updates) return;
    const previous = updates.get(this);
    updates.set(
      this,
      withoutRecording(() => tf.keep(tf.tidy(() => change(previous ?? this.value)))),
    );
    previous?.dispose();
  }

  /** @returns the previous destination */
  collectInto(updates: Map<Buffer, tf.Tensor> | undefined): Map<Buffer, tf.Tensor> | undefined {
    const before = this.updates;
    this.updates = updates;
    return before;
  }
}

/**
 * Runs code and collects the updates of buffers, which keep their values.
 * @param code synchronous
 * @returns the result, and the new values of the buffers that were updated; the caller disposes
 */
export function collectUpdates<T>(buffers: Iterable<Buffer>, code: () => T): { result: T; updates: BufferMap } {
  const updates = new Map<Buffer, tf.Tensor>();
  const before = [...buffers].map((buffer) => [buffer, buffer.collectInto(updates)] as const);
  try {
    const result = code();
    return { result, updates: new Map([...updates].map(([buffer, value]) => [buffer, tf.clone(value)])) };
  } finally {
    for (const [buffer, destination] of before) buffer.collectInto(destination);
    tf.dispose([...updates.values()]);
  }
}
