import { UserError, messageOf } from '../../errors';
import { type Attribute, nativeBackend } from '../operation';
import * as tf from '../tf';
import { type Inferred, type Output, DataType } from './c-api';
import type { Graph } from './graph';
import { type AttributeCodes, setterOf } from './graph';
import { rejectEagerRandom, rejectMathRandom } from './reject-eager-random';
import { rejectTfjsAssignment, rejectTfjsVariable } from './reject-tfjs-variables';
import type { Numbers } from './native-tensor';

/** A tensor as TensorFlow.js's native backend keeps it. */
interface TensorInfo {
  readonly shape: number[];
  readonly dtype: number;
  id: number;
  /** Values that have not been copied to the native side yet. */
  values: ArrayLike<number> | null;
}

/** The parts of the native backend that a trace replaces. */
interface TracedBackend {
  binding: object & AttributeCodes;
  readonly tensorMap: { get(dataId: object): TensorInfo };
  getInputTensorIds: (tensors: readonly tf.Tensor[]) => number[];
  write: (values: ArrayLike<number>, shape: number[], dtype: string) => object;
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
}

/**
 * Replaces the native backend's binding while code is traced: each op becomes an operation of a graph. A tensor of the trace has a
 * negative id, which represents an output; tensors from before the trace become constants.
 */
export class TracingBackend {
  private readonly backend = nativeBackend() as unknown as TracedBackend;
  private readonly outputs = new Map<number, Output>();
  private readonly constants = new WeakMap<object, number>();
  private nextId: number;

  /** @param outer backend of the enclosing trace, whose tensors must not be confused with those of this trace */
  constructor(
    private readonly graph: Graph,
    outer?: TracingBackend,
  ) {
    this.nextId = outer?.nextId ?? -2;
  }

  /** Runs code and adds its ops to the graph. All tensors that it makes are disposed. */
  capture<T>(code: () => T): T {
    const { backend } = this;
    const native = { binding: backend.binding, getInputTensorIds: backend.getInputTensorIds, write: backend.write };
    const restoreMathRandom = rejectMathRandom();
    const restoreAssignment = rejectTfjsAssignment();
    backend.binding = this.tracingBinding(backend.binding);
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
      restoreAssignment();
      Object.assign(backend, native);
    }
  }

  /** The output that a tensor of the trace represents. */
  outputOf(tensor: tf.Tensor): Output {
    const [id = 0] = this.backend.getInputTensorIds([tensor]);
    return this.requireOutput(id);
  }

  /** A tensor that represents an output. */
  tensorOf(output: Output): tf.Tensor {
    return this.backend.createOutputTensor(this.metadata(this.graph.infer(output)));
  }

  /** The native binding, with all computing calls replaced. */
  private tracingBinding(binding: TracedBackend['binding']): TracedBackend['binding'] {
    return Object.create(binding, {
      executeOp: { value: this.execute.bind(this) },
      tensorDataSync: { value: rejectRead },
      deleteTensor: { value: () => undefined },
    }) as TracedBackend['binding'];
  }

  private execute(type: string, attributes: readonly Attribute[], ids: readonly number[], outputs: number) {
    try {
      const inputs = ids.map((id) => this.requireOutput(id));
      const codes = this.backend.binding;
      const operation = this.graph.add(
        type,
        inputs,
        attributes.map((each) => setterOf(each, codes)),
      );
      return Array.from({ length: outputs }, (_, index) => this.metadata(this.graph.infer({ oper: operation, index })));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`The op ${type} cannot be traced: ${messageOf(error)}.`, {
        hints: ['Run it eagerly with --set compile=false, or use other ops.'],
      });
    }
  }

  private requireOutput(id: number): Output {
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
    rejectTfjsVariable(tensor);
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

function rejectRead(): never {
  throw new UserError('A value was read while a step was traced: values are not available before the step runs.', {
    hints: ['Remove dataSync, arraySync and print, or inspect values with --set compile=false.'],
  });
}
