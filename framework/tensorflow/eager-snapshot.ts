import type { TensorData, Snapshot } from './snapshot';
import * as tf from './tf';
import type { Variable } from './variable';

/** A snapshot of variables held by TensorFlow.js: their tensors are immutable, so it only keeps references. */
export class EagerSnapshot implements Snapshot {
  private readonly tensors: ReadonlyMap<Variable, tf.Tensor>;

  constructor(variables: readonly Variable[]) {
    this.tensors = new Map([...new Set(variables)].map((variable) => [variable, tf.keep(tf.clone(variable.value))]));
  }

  async withData<T>(
    variable: Variable,
    order: readonly number[] | undefined,
    borrower: (lent: TensorData) => Promise<T>,
  ): Promise<T> {
    const tensor = this.tensors.get(variable);
    if (!tensor) throw new Error(`${variable.name} is not in the snapshot`);
    const ordered = order ? tf.transpose(tensor, [...order]) : tf.clone(tensor);
    try {
      return await borrower({ numbers: await ordered.data<'float32'>(), mayBeNonFinite: true });
    } finally {
      ordered.dispose();
    }
  }

  dispose(): void {
    tf.dispose([...this.tensors.values()]);
  }
}
