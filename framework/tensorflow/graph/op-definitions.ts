import { parse } from 'protobufjs';
import { type Pointer, bufferFrom } from './c-api';

/** The part of TensorFlow's op_def.proto that defines which inputs are lists. */
const OpDef = parse(`
  syntax = "proto3";
  message ArgDef { string name = 1; string type_attr = 4; string number_attr = 5; string type_list_attr = 6; }
  message OpDef { string name = 1; repeated ArgDef input_arg = 2; }
`).root.lookupType('OpDef');

/** An input of an op: a single tensor, or a list whose length is an attribute. */
export interface InputDefinition {
  readonly name: string;
  /** Attribute with the length of a list of equal types; otherwise empty. */
  readonly numberAttr: string;
  /** Attribute with the types of a list of different types; otherwise empty. */
  readonly typeListAttr: string;
}

/** Of all graphs: an op is the same in each. */
const cache = new Map<string, readonly InputDefinition[]>();

/** Input definitions of TensorFlow's ops, queried once for each op. */
export class OpDefinitions {
  constructor(private readonly graph: Pointer) {}

  /** @throws Error if TensorFlow has no op of that name */
  inputsOf(operation: string): readonly InputDefinition[] {
    let inputs = cache.get(operation);
    if (!inputs) {
      const bytes = bufferFrom('TF_GraphGetOpDef', this.graph, operation);
      inputs = (OpDef.toObject(OpDef.decode(bytes), { defaults: true }) as { inputArg: InputDefinition[] }).inputArg;
      cache.set(operation, inputs);
    }
    return inputs;
  }
}
