import { parse } from 'protobufjs';
import { type Pointer, bufferFrom } from './c-api';

/** The part of TensorFlow's op_def.proto that says which inputs are lists. */
const OpDef = parse(`
  syntax = "proto3";
  message ArgDef { string name = 1; string type_attr = 4; string number_attr = 5; string type_list_attr = 6; }
  message OpDef { string name = 1; repeated ArgDef input_arg = 2; }
`).root.lookupType('OpDef');

/** An input of an op: one tensor, or a list whose length an attribute tells. */
export interface InputDefinition {
  readonly name: string;
  /** The attribute that counts the list, where it is one of equal types. */
  readonly numberAttr: string;
  /** The attribute that lists the types, where they may differ. */
  readonly typeListAttr: string;
}

/** The inputs of TensorFlow's ops, asked of TensorFlow once for each op. */
export class OpDefinitions {
  private readonly known = new Map<string, readonly InputDefinition[]>();

  constructor(private readonly graph: Pointer) {}

  /** @throws Error where TensorFlow has no op of that name */
  inputsOf(operation: string): readonly InputDefinition[] {
    let inputs = this.known.get(operation);
    if (!inputs) {
      const bytes = bufferFrom('TF_GraphGetOpDef', this.graph, operation);
      inputs = (OpDef.toObject(OpDef.decode(bytes), { defaults: true }) as { inputArg: InputDefinition[] }).inputArg;
      this.known.set(operation, inputs);
    }
    return inputs;
  }
}
