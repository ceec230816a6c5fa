import { parse } from 'protobufjs';
import { type Pointer, bufferFrom, call } from './c-api';
import type { Graph } from './graph';

/** The part of TensorFlow's graph.proto and node_def.proto that tells what depends on what; the rest passes as it is. */
const { root } = parse(`
  syntax = "proto3";
  message NodeDef { string name = 1; repeated string input = 3; }
  message GraphDef { repeated bytes node = 1; bytes library = 2; bytes versions = 4; }
`);
const [NodeDef, GraphDef] = [root.lookupType('NodeDef'), root.lookupType('GraphDef')];

interface Node {
  readonly name: string;
  /** `name`, `name:output`, or `^name` for what only runs before. */
  readonly input: readonly string[];
}

/** What a program consists of, with all that it depends on, out of a graph with others. @returns a GraphDef of TensorFlow's graph.proto */
export function definitionOf(graph: Graph, operations: readonly Pointer[]): Buffer {
  const names = operations.map((operation) => call<string>('TF_OperationName', operation));
  const whole = GraphDef.decode(bufferFrom('TF_GraphToGraphDef', graph.pointer)) as unknown as { node: Uint8Array[] };
  const nodes = new Map(whole.node.map((bytes) => [bytes, NodeDef.decode(bytes) as unknown as Node]));
  const needed = neededFor(names, [...nodes.values()]);
  const kept = whole.node.filter((bytes) => needed.has(nodes.get(bytes)?.name ?? ''));
  return Buffer.from(GraphDef.encode({ ...whole, node: kept }).finish());
}

/** Those nodes, and whatever they take their inputs from or run after. */
function neededFor(names: readonly string[], nodes: readonly Node[]): Set<string> {
  const inputs = new Map(nodes.map(({ name, input }) => [name, input.map(nodeOf)]));
  const needed = new Set(names);
  // A set goes on with what is added to it meanwhile.
  for (const name of needed) for (const input of inputs.get(name) ?? []) needed.add(input);
  return needed;
}

function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}
