import { attribute } from '../graph/graph';
import type { Trace } from '../graph/trace';
import { hasKernels } from '../fused';
import { Collective, type Reduction, type Wanted } from './collective';
import type { Ring } from './ring';

/** Workers on CPUs, by our own operation over plain sockets: it takes tensors as they lie, and waits for no thread of TensorFlow's. */
export class RingCollective extends Collective {
  constructor(
    count: number,
    private readonly ring: Ring,
  ) {
    super(count);
    if (!hasKernels()) throw new Error('this TensorFlow has no operation for a ring of workers');
  }

  protected override reduce(trace: Trace, { tensors, isMean, before }: Wanted): Reduction {
    const setters = [attribute.int('ring', this.ring.address), attribute.float('divisor', isMean ? this.count : 1)];
    const inputs = tensors.map((tensor) => trace.outputOf(tensor));
    const operation = trace.graph.add('ExplabAllReduce', inputs, setters, before);
    return { operation, results: tensors.map((_, index) => trace.tensorFor(trace.graph.output(operation, index))) };
  }
}
