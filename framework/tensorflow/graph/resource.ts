import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';

/** A variable as a graph has it. */
export interface Resource {
  readonly handle: Output;
  /** What a value is fed by, and the operation that takes it. */
  readonly fed: Output;
  readonly assign: Pointer;
  readonly read: Output;
}

/** @param index of the variable among those of the graph: others may have its name */
export function addResource(graph: Graph, { name, shape }: Variable, index: number): Resource {
  const dtype = attribute.type('dtype', DataType.float32);
  const shared = [attribute.string('shared_name', `${name}#${index}`), attribute.string('container', '')];
  const handle = graph.output(graph.add('VarHandleOp', [], [dtype, attribute.shape('shape', shape), ...shared]));
  const fed = graph.placeholder(DataType.float32, shape);
  const assign = graph.add('AssignVariableOp', [handle, fed], [dtype]);
  return { handle, fed, assign, read: graph.output(graph.add('ReadVariableOp', [handle], [dtype])) };
}
