import type { Variable } from '../variable';
import { type Output, type Pointer, DataType } from './c-api';
import { type Graph, attribute } from './graph';
import { pathOf } from './trace';

/** A variable in a graph. */
export interface Resource {
  readonly handle: Output;
  /** Placeholder for a value, and the operation that assigns it. */
  readonly fed: Output;
  readonly assign: Pointer;
  readonly read: Output;
}

/** @param index index of the variable in the graph: names may not be unique */
export function addResource(graph: Graph, variable: Variable, index: number): Resource {
  const scope = ['variables', ...pathOf(variable.name)].join('/');
  return graph.inScope(scope, () => resourceOf(graph, variable, index));
}

function resourceOf(graph: Graph, { name, shape }: Variable, index: number): Resource {
  const dtype = attribute.type('dtype', DataType.float32);
  const shared = [attribute.string('shared_name', `${name}#${index}`), attribute.string('container', '')];
  const handle = graph.output(graph.add('VarHandleOp', [], [dtype, attribute.shape('shape', shape), ...shared]));
  const fed = graph.placeholder(DataType.float32, shape);
  const assign = graph.add('AssignVariableOp', [handle, fed], [dtype]);
  return { handle, fed, assign, read: graph.output(graph.add('ReadVariableOp', [handle], [dtype])) };
}
