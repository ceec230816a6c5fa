import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';
import type { Resource } from './resource';

/** Operations of a graph that save and restore variables. */
export interface Saver {
  /** Placeholder for the prefix of the file names. */
  readonly prefix: Output;
  /** The same prefix, after everything has been written. */
  readonly saved: Output;
  /** Operation that restores all variables. */
  readonly restored: Pointer;
  /** Operations that assign the restored values. */
  readonly assignments: readonly Pointer[];
}

/** Adds TensorFlow's checkpoint operations to a graph. */
export function addSaver(graph: Graph, resources: ReadonlyMap<Variable, Resource>): Saver {
  return graph.inScope('saver', () => {
    const prefix = graph.placeholder(DataType.string, []);
    const names = graph.texts([...resources.keys()].map(({ name }) => name));
    const shapeAndSlices = graph.texts([...resources.keys()].map(() => ''));
    const dtypes = attribute.types(
      'dtypes',
      [...resources].map(() => DataType.float32),
    );
    const values = [...resources.values()].map(({ read }) => read);
    const save = graph.add('SaveV2', [prefix, names, shapeAndSlices, ...values], [dtypes]);
    const saved = graph.add('Identity', [prefix], [attribute.type('T', DataType.string)], [save]);
    const restore = graph.add('RestoreV2', [prefix, names, shapeAndSlices], [dtypes]);
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
