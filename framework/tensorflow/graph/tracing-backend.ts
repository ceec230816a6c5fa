import { UserError, messageOf } from '../../errors';
import { type Attribute, nativeBackend } from '../operation';
import * as tf from '../tf';
import { type Output, DataType } from './c-api';
import type { Graph } from './graph';
import { type AttributeCodes, type Inferred, setterOf } from './graph';
import { rejectEagerRandom, refuseMathRandom } from './reject-eager-random';
import type { Numbers } from './native-tensor';

/** A tensor as TensorFlow.js's native backend keeps it. */
interface TensorInfo {
  readonly shape: number[];
  readonly dtype: number;
  id: number;
  /** Numbers that the native side has not been given yet. */
  values: ArrayLike<number> | null;
}

/** The parts of the native backend that a trace stands in for. */
interface TracedBackend {
  binding: object & AttributeCodes;
  readonly tensorMap: { get(dataId: object): TensorInfo };
  getInputTensorIds: (tensors: readonly tf.Tensor[]) => number[];
  write: (values: ArrayLike<number>, shape: number[], dtype: string) => object;
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
}

/**
 * Stands in for the native backend's binding while code is traced: each op becomes an operation of a graph. A tensor of the trace has
 * a negative id, which stands for an output; tensors from before the trace become constants.
 */
export class TracingBackend {
  private readonly backend = nativeBackend() as unknown as TracedBackend;
  private readonly outputs = new Map<number, Output>();
  private readonly constants = new WeakMap<object, number>();
  private nextId: number;

  /** @param outer the one that it stands in for as well, whose tensors must not be taken for its own */
  constructor(
    private readonly graph: Graph,
    outer?: TracingBackend,
  ) {
    this.nextId = outer?.nextId ?? -2;
  }

  /** Runs code whose ops go into the graph. Every tensor that it makes is disposed. */
  capture<T>(code: () => T): T {
    const { backend } = this;
    const native = { binding: backend.binding, getInputTensorIds: backend.getInputTensorIds, write: backend.write };
    const restoreMathRandom = refuseMathRandom();
    backend.binding = this.standIn(backend.binding);
    backend.getInputTensorIds = (tensors) => tensors.map((tensor) => this.idOf(tensor, native.binding));
    backend.write = (values, ...rest) => {
      if (values.length > 1) rejectEagerRandom();
      return native.write.call(backend, values, ...rest);
    };
    try {
      const results: T[] = [];
      tf.tidy(() => void results.push(code()));
      return results[0] as T;
    } finally {
      restoreMathRandom();
      Object.assign(backend, native);
    }
  }

  /** The output that a tensor of the trace stands for. */
  outputOf(tensor: tf.Tensor): Output {
    const [id = 0] = this.backend.getInputTensorIds([tensor]);
    return this.known(id);
  }

  /** A tensor that stands for an output. */
  tensorOf(output: Output): tf.Tensor {
    return this.backend.createOutputTensor(this.metadata(this.graph.infer(output)));
  }

  /** The native binding with the calls replaced that would compute. */
  private standIn(binding: TracedBackend['binding']): TracedBackend['binding'] {
    return Object.create(binding, {
      executeOp: { value: this.execute.bind(this) },
      tensorDataSync: { value: refuseToRead },
      deleteTensor: { value: () => undefined },
    }) as TracedBackend['binding'];
  }

  private execute(type: string, attributes: readonly Attribute[], ids: readonly number[], outputs: number) {
    try {
      const inputs = ids.map((id) => this.known(id));
      const codes = this.backend.binding;
      const operation = this.graph.add(
        type,
        inputs,
        attributes.map((each) => setterOf(each, codes)),
      );
      return Array.from({ length: outputs }, (_, index) => this.metadata(this.graph.infer({ oper: operation, index })));
    } catch (error) {
      throw new UserError(`The op ${type} cannot be traced: ${messageOf(error)}.`, {
        hints: ['Run it op by op with --set compile=false, or write it with other ops.'],
      });
    }
  }

  private known(id: number): Output {
    const output = this.outputs.get(id);
    if (!output) throw new Error('an input does not belong to this trace');
    return output;
  }

  private metadata({ output, shape, dtype }: Inferred): { id: number; shape: number[]; dtype: number } {
    const id = this.nextId--;
    this.outputs.set(id, output);
    return { id, shape, dtype };
  }

  private idOf(tensor: tf.Tensor, binding: object): number {
    const info = this.backend.tensorMap.get(tensor.dataId);
    if (info.id < -1) return info.id;
    const known = this.constants.get(tensor.dataId);
    if (known !== undefined) return known;
    const output = this.graph.constant(info.dtype, info.shape, numbersOf(info, binding));
    const { id } = this.metadata({ output, shape: info.shape, dtype: info.dtype });
    this.constants.set(tensor.dataId, id);
    return id;
  }
}

/** The numbers of a tensor that is a constant of the trace. */
function numbersOf(info: TensorInfo, binding: object): Numbers {
  const { values, dtype, id } = info;
  if (!values) return (binding as { tensorDataSync(id: number): Numbers }).tensorDataSync(id);
  if (dtype === DataType.float32) return values instanceof Float32Array ? values : Float32Array.from(values);
  if (dtype === DataType.int32) return values instanceof Int32Array ? values : Int32Array.from(values);
  if (dtype === DataType.bool) return Uint8Array.from(values, Number);
  throw new Error(`constants of TensorFlow's type ${dtype} cannot be traced`);
}

function refuseToRead(): never {
  throw new UserError('A value was read while a step was traced, when there are no values yet.', {
    hints: ['Leave out dataSync, arraySync and print, or look at values with --set compile=false.'],
  });
}
