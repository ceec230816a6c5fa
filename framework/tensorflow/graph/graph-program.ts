import type { Program } from '../engine';
import * as tf from '../tf';
import type { Pointer } from './c-api';
import type { Graph } from './graph';
import { definitionOf } from './graph-definition';
import { contents, deleteTensors, nativeTensor } from './native-tensor';
import type { Session } from './session';
import { type Signature, type Traced, codeOf } from './trace';

/** A step that is traced once for each shape of its inputs and run by a session. */
export class GraphProgram implements Program {
  private readonly traces = new Map<string, Traced>();
  private last: Traced | undefined;

  /**
   * @param trace traces the step for inputs with these signatures
   * @param adopt moves variables first used by a trace into the session
   */
  constructor(
    readonly name: string,
    private readonly graph: Graph,
    private readonly trace: (signature: readonly Signature[]) => Traced,
    private readonly session: Session,
    private readonly adopt: () => Promise<void>,
  ) {}

  /** Number of traces: one for each shape of the inputs. */
  get traceCount(): number {
    return this.traces.size;
  }

  definition(): Buffer | undefined {
    return (
      this.last &&
      definitionOf(this.graph, [...this.last.outputs.map(({ output }) => output.oper), ...this.last.updates])
    );
  }

  async run(...inputs: tf.Tensor[]): Promise<tf.Tensor[]> {
    const traced = this.tracedFor(inputs);
    await this.adopt();
    const tensors = await Promise.all(inputs.map(toNative));
    const fetches = traced.outputs.map(({ output }) => output);
    const fetched = await this.session.run(traced.inputs, tensors, fetches, traced.updates);
    const results = fetched.map((tensor, index) => fromNative(tensor, traced.outputs[index]?.dtype ?? 'float32'));
    deleteTensors([...tensors, ...fetched]);
    return results;
  }

  private tracedFor(inputs: readonly tf.Tensor[]): Traced {
    const key = inputs.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join(' ');
    const traced = this.traces.get(key) ?? this.trace(inputs.map(({ shape, dtype }) => ({ shape, dtype })));
    this.traces.set(key, traced);
    this.last = traced;
    return traced;
  }
}

async function toNative(tensor: tf.Tensor): Promise<Pointer> {
  return nativeTensor(codeOf(tensor.dtype), tensor.shape, await tensor.data<'float32'>());
}

function fromNative(native: Pointer, dtype: tf.DataType): tf.Tensor {
  const { shape, numbers } = contents(native);
  return tf.tensor(numbers as Float32Array, shape, dtype);
}
