import type { TensorData, Snapshot } from '../snapshot';
import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';
import { contents, deleteTensors, view } from './native-tensor';
import type { Session } from './session';

/** What of a graph reads a value that is fed: as it is or with its axes in another order, and whether it may be not finite. */
export interface Reader {
  readonly fed: Output;
  readonly ordered: Output;
  /** Half the sum of the squares, which is not finite where a number is not; of one pass over the memory by all cores. */
  readonly energy: Output;
}

/** Adds what reads values of any shape to a graph. */
export function addReader(graph: Graph, order: readonly number[] | undefined): Reader {
  return graph.inScope('snapshot', () => {
    const type = attribute.type('T', DataType.float32);
    const fed = graph.placeholder(DataType.float32);
    const energy = graph.output(graph.add('L2Loss', [fed], [type]));
    if (!order) return { fed, ordered: fed, energy };
    const axes = graph.constant(DataType.int32, [order.length], Int32Array.from(order));
    const setters = [type, attribute.type('Tperm', DataType.int32)];
    return { fed, ordered: graph.output(graph.add('Transpose', [fed, axes], setters)), energy };
  });
}

/**
 * A snapshot of variables that live in a session. It costs next to nothing to make: a value that was fetched shares the variable's
 * memory, and TensorFlow copies it only when a step changes the variable while the snapshot still holds it.
 */
export class GraphSnapshot implements Snapshot {
  /**
   * @param values given up
   * @param readerOf gives the reader for an order of axes
   */
  constructor(
    private readonly values: Map<Variable, Pointer>,
    private readonly session: Session,
    private readonly readerOf: (order: readonly number[] | undefined) => Reader,
  ) {}

  async withData<T>(
    variable: Variable,
    order: readonly number[] | undefined,
    borrower: (lent: TensorData) => Promise<T>,
  ): Promise<T> {
    const value = this.values.get(variable);
    if (!value) throw new Error(`${variable.name} is not in the snapshot, or was lent before`);
    const { fed, ordered, energy } = this.readerOf(order);
    const fetches = order ? [energy, ordered] : [energy];
    const [sum, other] = (await this.session.run([fed], [value], fetches, [])) as [Pointer, Pointer?];
    // What was lent once is not needed again: its memory is free as soon as it is written.
    this.values.delete(variable);
    if (other) deleteTensors([value]);
    const lent = other ?? value;
    try {
      const isSuspect = !Number.isFinite(contents(sum).numbers[0]);
      return await borrower({ numbers: view(lent), mayBeNonFinite: isSuspect });
    } finally {
      deleteTensors([sum, lent]);
    }
  }

  dispose(): void {
    deleteTensors([...this.values.values()]);
    this.values.clear();
  }
}
