import { EagerSnapshot } from './eager-snapshot';
import { Engine, type Program, type Step } from './engine';
import * as tf from './tf';
import type { Variable } from './variable';

/** Runs steps eagerly: for debugging, and as the reference for other engines. */
export class EagerEngine extends Engine {
  program(_name: string, step: Step): Program {
    // A result is the caller's to dispose, also if it is an input.
    const run = (inputs: readonly tf.Tensor[]) =>
      tf.tidy(() => step(...inputs).map((result) => (inputs.includes(result) ? tf.clone(result) : result)));
    return { run: (...inputs) => Promise.resolve().then(() => run(inputs)) };
  }

  async read(variables: readonly Variable[]): Promise<Float32Array[]> {
    const values: Float32Array[] = [];
    for (const { value } of variables) values.push((await value.data()) as Float32Array);
    return values;
  }

  snapshot(variables: readonly Variable[]): Promise<EagerSnapshot> {
    return Promise.resolve().then(() => new EagerSnapshot(variables));
  }

  write(values: readonly (readonly [Variable, Float32Array])[]): Promise<void> {
    for (const [variable, numbers] of values) tf.tidy(() => variable.assign(tf.tensor(numbers, [...variable.shape])));
    return Promise.resolve();
  }

  close(): void {
    // Variables are disposed of by their owners.
  }
}
