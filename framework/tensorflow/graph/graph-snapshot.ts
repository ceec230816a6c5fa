import type { TensorData, Snapshot } from '../snapshot';
import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';
import { contents, deleteTensors, view } from './native-tensor';
import type { Session } from './session';

/** Operations of a graph that transpose a value and check whether it may be non-finite. */
export interface Reader {
  readonly fed: Output;
  readonly ordered: Output;
  /** Half the sum of squares, which is non-finite if any value is; takes a single pass over the memory on all cores. */
  readonly energy: Output;
}

/** Adds a reader for values of any shape to a graph. */
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
 * A snapshot of variables that live in a session. Making it is nearly free: a fetched value shares the variable's memory, and
 * TensorFlow copies it only if a step updates the variable while the snapshot still holds it.
 */
export class GraphSnapshot implements Snapshot {
  /**
   * @param values owned by the snapshot; a variable's are lent one after the other
   * @param readerOf returns the reader for an order of axes
   */
  constructor(
    private readonly values: ReadonlyMap<Variable, Pointer[]>,
    private readonly session: Session,
    private readonly readerOf: (order: readonly number[] | undefined) => Reader,
  ) {}

  async withData<T>(
    variable: Variable,
    order: readonly number[] | undefined,
    borrower: (lent: TensorData) => Promise<T>,
  ): Promise<T> {
    const values = this.values.get(variable) ?? [];
    const [value] = values;
    if (!value) throw new Error(`${variable.name} is not in the snapshot, or has already been lent`);
    const { fed, ordered, energy } = this.readerOf(order);
    const fetches = order ? [energy, ordered] : [energy];
    const [energyValue, transposed] = (await this.session.run([fed], [value], fetches, [])) as [Pointer, Pointer?];
    // A value is lent only once: its memory is freed as soon as the borrower has finished.
    values.shift();
    if (transposed) deleteTensors([value]);
    const lent = transposed ?? value;
    try {
      const isSuspect = !Number.isFinite(contents(energyValue).numbers[0]);
      return await borrower({ numbers: view(lent), mayBeNonFinite: isSuspect });
    } finally {
      deleteTensors([energyValue, lent]);
    }
  }

  dispose(): void {
    for (const values of this.values.values()) deleteTensors(values.splice(0));
  }
}
