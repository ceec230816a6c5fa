import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';
import type { Resource } from './resource';

/** What of a graph writes variables to files and reads them from there. */
export interface Saver {
  /** A text, to be fed: how the files' names begin. */
  readonly prefix: Output;
  /** That text again, once all is written. */
  readonly saved: Output;
  /** Runs once all is read. */
  readonly restored: Pointer;
  /** What gives each variable the value that was read. */
  readonly assignments: readonly Pointer[];
}

/** Adds TensorFlow's own operations for its checkpoints to a graph. */
export function addSaver(graph: Graph, resources: ReadonlyMap<Variable, Resource>): Saver {
  return graph.inScope('saver', () => {
    const prefix = graph.placeholder(DataType.string, []);
    const names = graph.texts([...resources.keys()].map(({ name }) => name));
    const wholes = graph.texts([...resources.keys()].map(() => ''));
    const dtypes = attribute.types(
      'dtypes',
      [...resources].map(() => DataType.float32),
    );
    const values = [...resources.values()].map(({ read }) => read);
    const save = graph.add('SaveV2', [prefix, names, wholes, ...values], [dtypes]);
    const saved = graph.add('Identity', [prefix], [attribute.type('T', DataType.string)], [save]);
    const restore = graph.add('RestoreV2', [prefix, names, wholes], [dtypes]);
    const assignments = [...resources.values()].map(({ handle }, index) =>
      graph.add(
        'AssignVariableOp',
        [handle, graph.output(restore, index)],
        [attribute.type('dtype', DataType.float32)],
      ),
    );
    const restored = graph.add('NoOp', [], [], assignments);
    return { prefix, saved: graph.output(saved), restored, assignments };
  });
}
