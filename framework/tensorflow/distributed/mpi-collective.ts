import { hasKernels } from '../fused';
import { attribute } from '../graph/graph';
import type { Trace } from '../graph/trace';
import { Collective, type PendingReduce, type ReduceRequest } from './collective';
import type { NativeMpi } from './mpi';

/** MPI collectives for workers on CPUs: a custom operation that reduces tensors in place and needs no thread of TensorFlow. */
export class MpiCollective extends Collective {
  constructor(private readonly mpi: NativeMpi) {
    super();
    if (!hasKernels()) throw new Error('this TensorFlow has no MPI all-reduce');
  }

  protected override reduce(trace: Trace, { tensors, before }: ReduceRequest): PendingReduce {
    const inputs = tensors.map((tensor) => trace.outputOf(tensor));
    const operation = trace.graph.add('ExplabAllReduce', inputs, [attribute.int('mpi', this.mpi.address)], before);
    return { operation, results: tensors.map((_, index) => trace.tensorFor(trace.graph.output(operation, index))) };
  }
}
