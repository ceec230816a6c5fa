import { parse } from 'protobufjs';
import { type Pointer, bufferFrom, call } from './c-api';
import type { Graph } from './graph';

/** The part of TensorFlow's graph.proto and node_def.proto with the dependencies; the rest is copied unchanged. */
const { root } = parse(`
  syntax = "proto3";
  message NodeDef { string name = 1; repeated string input = 3; }
  message GraphDef { repeated bytes node = 1; bytes library = 2; bytes versions = 4; }
`);
const [NodeDef, GraphDef] = [root.lookupType('NodeDef'), root.lookupType('GraphDef')];

interface Node {
  readonly name: string;
  /** `name`, `name:output`, or `^name` for a control dependency. */
  readonly input: readonly string[];
}

/** Extracts operations and all their dependencies from a graph. @returns a GraphDef of TensorFlow's graph.proto */
export function definitionOf(graph: Graph, operations: readonly Pointer[]): Buffer {
  const names = operations.map((operation) => call<string>('TF_OperationName', operation));
  const whole = GraphDef.decode(bufferFrom('TF_GraphToGraphDef', graph.pointer)) as unknown as { node: Uint8Array[] };
  const nodes = new Map(whole.node.map((bytes) => [bytes, NodeDef.decode(bytes) as unknown as Node]));
  const needed = withDependencies(names, [...nodes.values()]);
  const kept = whole.node.filter((bytes) => needed.has(nodes.get(bytes)?.name ?? ''));
  return Buffer.from(GraphDef.encode({ ...whole, node: kept }).finish());
}

/** Names of nodes and of all their data and control dependencies. */
function withDependencies(names: readonly string[], nodes: readonly Node[]): Set<string> {
  const inputs = new Map(nodes.map(({ name, input }) => [name, input.map(nodeOf)]));
  const needed = new Set(names);
  // Iterating over a set includes elements added during the iteration.
  for (const name of needed) for (const input of inputs.get(name) ?? []) needed.add(input);
  return needed;
}

function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}
