import { DataType } from '../graph/c-api';
import { attribute } from '../graph/graph';
import type { Trace } from '../graph/trace';
import * as tf from '../tf';
import { Collective, type PendingReduce, type ReduceRequest } from './collective';

/** Number of the group of all workers. */
const GROUP = 1;

/** Collectives over TensorFlow's servers: NVIDIA's NCCL between GPUs, a gRPC ring between CPUs. */
export class ServerCollective extends Collective {
  /** Number of exchanges so far; each has a number that is the same on all workers. */
  private exchanges = 0;

  /** @param count number of workers @param gpu whether tensors are exchanged between GPUs */
  constructor(
    private readonly count: number,
    private readonly gpu: boolean,
  ) {
    super();
  }

  protected override reduce(trace: Trace, { tensors, before }: ReduceRequest): PendingReduce {
    const number = (value: number) => trace.graph.constant(DataType.int32, [], Int32Array.of(value));
    const setters = [
      attribute.type('T', DataType.float32),
      attribute.string('merge_op', 'Add'),
      attribute.string('final_op', 'Id'),
      attribute.string('communication_hint', this.gpu ? 'nccl' : 'ring'),
    ];
    const value = trace.outputOf(pack(tensors));
    const inputs = [value, number(this.count), number(GROUP), number(++this.exchanges)];
    const operation = trace.graph.add('CollectiveReduceV2', inputs, setters, before);
    return { operation, results: unpack(trace.tensorFor(trace.graph.output(operation)), tensors) };
  }
}

/** Concatenates all elements into one tensor. */
function pack(tensors: readonly tf.Tensor[]): tf.Tensor {
  const flat = tensors.map((tensor) => tf.reshape(tensor, [-1]));
  const [first] = flat;
  return first && flat.length === 1 ? first : tf.concat(flat);
}

/** Splits a packed tensor. @param like the tensors that were packed */
function unpack(whole: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  const sizes = like.map(({ size }) => size);
  const parts = like.length === 1 ? [whole] : tf.split(whole, sizes);
  return like.map(({ shape }, index) => tf.reshape(parts[index] as tf.Tensor, shape));
}
