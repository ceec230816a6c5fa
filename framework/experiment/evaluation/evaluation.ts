import type { Engine, Program } from '../../tensorflow/engine';
import * as tf from '../../tensorflow/tf';
import { type TensorRecord, sizeOf, unflatten } from '../training/tensor-record';

/** Measures of each example of a batch, by name: float32 [batch]. @param inputs borrowed, the examples along their first axes */
export type Measure<Inputs extends TensorRecord, Name extends string> = (
  inputs: Inputs,
) => Readonly<Record<Name, tf.Tensor1D>>;

/** Measures a model on examples, without changing it. */
export class Evaluation<Inputs extends TensorRecord, Name extends string> {
  private readonly program: Program;
  private names: Name[] = [];
  /** Inputs of the last run, whose structure the program's inputs have. */
  private structure: Inputs | undefined;

  /** @param measure run as a step of the engine; the model must be initialized, and gets no randomness, so that dropout is disabled */
  constructor(engine: Engine, measure: Measure<Inputs, Name>) {
    this.program = engine.program('evaluate', (...inputs) => {
      const measures = measure(unflatten(inputs, this.structure as Inputs));
      this.names = Object.keys(measures) as Name[];
      return [tf.stack(this.names.map((name) => tf.sum(measures[name])))];
    });
  }

  /**
   * @param batches of any size; given up
   * @returns the mean of each measure over all examples
   */
  async run(batches: AsyncIterable<Inputs>): Promise<Record<Name, number>> {
    const sums = new Map<Name, number>();
    let count = 0;
    for await (const inputs of batches) {
      const ofBatch = await this.sumsOf(inputs);
      for (const [index, name] of this.names.entries()) sums.set(name, (sums.get(name) ?? 0) + (ofBatch[index] ?? NaN));
      count += sizeOf(inputs);
      tf.dispose(inputs as tf.TensorContainer);
    }
    return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / count])) as Record<Name, number>;
  }

  private async sumsOf(inputs: Inputs): Promise<ArrayLike<number>> {
    this.structure = inputs;
    const [sums] = await this.program.run(...(Object.values(inputs) as tf.Tensor[]));
    const numbers = (await sums?.data()) ?? [];
    sums?.dispose();
    return numbers;
  }
}
