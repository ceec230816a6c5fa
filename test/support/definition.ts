import { parse } from 'protobufjs';

/** The part of TensorFlow's graph.proto and node_def.proto that tests look at. */
const GraphDef = parse(`
  syntax = "proto3";
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; }
  message GraphDef { repeated NodeDef node = 1; }
`).root.lookupType('GraphDef');

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
}

/** The operations of a GraphDef. */
export function nodesOf(definition: Uint8Array | undefined): readonly Node[] {
  return (GraphDef.decode(definition ?? new Uint8Array()) as unknown as { node: Node[] }).node;
}

/** Their names, in order. */
export function namesOf(definition: Uint8Array | undefined): string[] {
  return nodesOf(definition)
    .map(({ name }) => name)
    .sort();
}
