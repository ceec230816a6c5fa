import { DataType } from '../graph/c-api';
import { attribute } from '../graph/graph';
import type { Trace } from '../graph/trace';
import * as tf from '../tf';
import { Collective, type PendingReduce, type ReduceRequest } from './collective';

/** The group of all workers, by its number. */
const GROUP = 1;

/** Workers by TensorFlow's servers: NVIDIA's NCCL between GPUs, a ring of messages by gRPC between CPUs. */
export class ServerCollective extends Collective {
  /** Every exchange of the graph has a number, the same on each worker. */
  private exchanges = 0;

  /** @param count how many workers there are @param gpu whether numbers are exchanged between GPUs */
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
    const value = trace.outputOf(packed(tensors));
    const inputs = [value, number(this.count), number(GROUP), number(++this.exchanges)];
    const operation = trace.graph.add('CollectiveReduceV2', inputs, setters, before);
    return { operation, results: unpacked(trace.tensorFor(trace.graph.output(operation)), tensors) };
  }
}

/** One tensor of all numbers, one after the other. */
function packed(tensors: readonly tf.Tensor[]): tf.Tensor {
  const flat = tensors.map((tensor) => tf.reshape(tensor, [-1]));
  const [first] = flat;
  return first && flat.length === 1 ? first : tf.concat(flat);
}

/** The tensors that are in one of all their numbers. @param like what was packed */
function unpacked(whole: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  const sizes = like.map(({ size }) => size);
  const parts = like.length === 1 ? [whole] : tf.split(whole, sizes);
  return like.map(({ shape }, index) => tf.reshape(parts[index] as tf.Tensor, shape));
}
