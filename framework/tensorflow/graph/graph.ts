import type { Attribute } from '../operation';
import { type Inferred, type Output, type Pointer, DataType, call, checked } from './c-api';
import { type Numbers, deleteTensors, nativeTensor, textTensor } from './native-tensor';
import { OpDefinitions } from './op-definitions';
import { isOfVariable, Recording } from './recording';

/** Sets an attribute of an operation description. */
export interface Setter {
  readonly name: string;
  readonly value: unknown;
  readonly set: (description: Pointer) => void;
}

/** Setters for attributes, by type. */
export const attribute = {
  type: (name: string, value: number): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrType', op, name, value),
  }),
  types: (name: string, value: readonly number[]): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrTypeList', op, name, Int32Array.from(value), value.length),
  }),
  int: (name: string, value: number): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrInt', op, name, BigInt(value)),
  }),
  ints: (name: string, value: readonly number[]): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrIntList', op, name, BigInt64Array.from(value, BigInt), value.length),
  }),
  float: (name: string, value: number): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrFloat', op, name, value),
  }),
  bool: (name: string, value: boolean): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrBool', op, name, value ? 1 : 0),
  }),
  shape: (name: string, value: readonly number[]): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrShape', op, name, BigInt64Array.from(value, BigInt), value.length),
  }),
  function: (name: string, value: string): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrFuncName', op, name, value, Buffer.byteLength(value)),
  }),
  string: (name: string, value: string): Setter => ({
    name,
    value,
    set: (op) => call('TF_SetAttrString', op, name, Buffer.from(value), Buffer.byteLength(value)),
  }),
};

/** A TensorFlow graph, built op by op. TensorFlow infers every shape; nothing is computed. */
export class Graph {
  readonly pointer = call<Pointer>('TF_NewGraph');
  private readonly definitions = new OpDefinitions(this.pointer);
  /** What a step that is traced twice has added. */
  recording: Recording | undefined;
  private scope = 'graph';
  private counts = new Map<string, number>();

  /**
   * Adds an operation.
   * @param inputs all inputs, with lists flattened
   * @param after control dependencies: operations that run before this one
   * @throws Error naming the op if TensorFlow rejects it
   */
  add(type: string, inputs: readonly Output[], setters: readonly Setter[], after: readonly Pointer[] = []): Pointer {
    const name = this.nameOf(type);
    const add = () => this.addNative(type, name, inputs, setters, after);
    return this.recording?.operation(name, inputs, setters, add) ?? add();
  }

  private addNative(
    type: string,
    name: string,
    inputs: readonly Output[],
    setters: readonly Setter[],
    after: readonly Pointer[],
  ): Pointer {
    const description = call<Pointer>('TF_NewOperation', this.pointer, type, name);
    for (const { set } of setters) set(description);
    for (const { list, outputs } of this.groupInputs(type, inputs)) {
      if (list) call('TF_AddInputList', description, outputs, outputs.length);
      else call('TF_AddInput', description, outputs[0]);
    }
    for (const operation of after) call('TF_AddControlInput', description, operation);
    // XLA's random generator is slow on a CPU.
    if (type.startsWith('StatelessRandom')) attribute.bool('_XlaCompile', false).set(description);
    return checked<Pointer>('TF_FinishOperation', description);
  }

  /**
   * Runs code that adds operations, then once more to compare what it adds, without adding it again.
   * @throws UserError naming the first difference
   */
  addTwice<T>(code: () => T): T {
    const before = new Map(this.counts);
    const recording = (this.recording = new Recording());
    let after = this.counts;
    try {
      const result = code();
      after = this.counts;
      this.counts = new Map([...before, ...[...after].filter(([name]) => isOfVariable(name))]);
      recording.replay();
      code();
      recording.end();
      return result;
    } finally {
      this.recording = undefined;
      this.counts = after;
    }
  }

  /**
   * Names operations that code adds within a scope. Some of TensorFlow's rewrites depend on names, so with numbers counted over the
   * whole graph, the last bits of a step would depend on the rest of the graph.
   * @param scope its parts separated by slashes; only the letters, digits and marks that TensorFlow allows are kept
   */
  inScope<T>(scope: string, code: () => T): T {
    const before = this.scope;
    this.scope = scope.replace(/[^\w./-]/g, '_');
    try {
      return code();
    } finally {
      this.scope = before;
    }
  }

  /** A unique name: `scope/Type`, `scope/Type_1`, ... */
  nameOf(type: string): string {
    const name = `${this.scope}/${type}`;
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }

  /** Groups inputs by the op's definition: single ones, and at most one list. */
  private groupInputs(type: string, inputs: readonly Output[]): { list: boolean; outputs: Output[] }[] {
    const definitions = this.definitions.inputsOf(type);
    const listLength = inputs.length - definitions.length + 1;
    const rest = [...inputs];
    return definitions.map(({ numberAttr, typeListAttr }) => {
      const list = numberAttr !== '' || typeListAttr !== '';
      return { list, outputs: rest.splice(0, list ? listLength : 1) };
    });
  }

  /** An output of an operation: by default its only one. */
  output(oper: Pointer, index = 0): Output {
    return { oper, index };
  }

  /** A constant. Equal values become a fill operation, so that a graph contains no arrays of zeros. */
  constant(type: number, shape: readonly number[], numbers: Numbers): Output {
    const [first] = numbers;
    const isFilled =
      numbers.length > 16 && first !== undefined && numbers.every((number: number | bigint) => number === first);
    if (isFilled) return this.fill(type, shape, numbers.slice(0, 1));
    return this.constantOf(type, () => nativeTensor(type, shape, numbers), numbers);
  }

  /** A constant vector of strings. */
  texts(texts: readonly string[]): Output {
    return this.constantOf(DataType.string, () => textTensor([texts.length], texts), texts);
  }

  /** @param value its elements */
  private constantOf(type: number, tensor: () => Pointer, value: unknown): Output {
    const set = (op: Pointer): void => {
      const native = tensor();
      checked('TF_SetAttrTensor', op, 'value', native);
      deleteTensors([native]);
    };
    return this.output(this.add('Const', [], [attribute.type('dtype', type), { name: 'value', value, set }]));
  }

  private fill(type: number, shape: readonly number[], number: Numbers): Output {
    const sides = this.constant(DataType.int32, [shape.length], Int32Array.from(shape));
    const setters = [attribute.type('T', type), attribute.type('index_type', DataType.int32)];
    return this.output(this.add('Fill', [sides, this.constant(type, [], number)], setters));
  }

  /** An input. @param shape any shape if undefined */
  placeholder(type: number, shape?: readonly number[]): Output {
    const setters = shape ? [attribute.shape('shape', shape)] : [];
    return this.output(this.add('Placeholder', [], [attribute.type('dtype', type), ...setters]));
  }

  /** Inferred shape and type of an output. @throws Error if its shape is only known at run time */
  infer(output: Output): Inferred {
    const infer = () => this.inferNative(output);
    return this.recording?.inferred(output, infer) ?? infer();
  }

  private inferNative(output: Output): Inferred {
    const rank = checked<number>('TF_GraphGetTensorNumDims', this.pointer, output);
    const sides = new BigInt64Array(Math.max(rank, 1));
    if (rank > 0) checked('TF_GraphGetTensorShape', this.pointer, output, sides, rank);
    const shape = Array.from(sides.subarray(0, Math.max(rank, 0)), Number);
    if (rank < 0 || shape.some((side) => side < 0)) throw new Error('its shape is only known at run time');
    return { output, shape, dtype: call<number>('TF_OperationOutputType', output) };
  }

  /**
   * Makes a graph a function that operations of this graph can call.
   * @param kind first part of its name, which must begin with a capital letter
   * @returns its name
   */
  addFunction(kind: string, content: Graph, inputs: readonly Output[], outputs: readonly Output[]): string {
    const name = `${kind}/${this.nameOf(kind)}`;
    if (this.recording?.isReplay) return name;
    const [ALL, NONE] = [-1, null];
    const args = [inputs.length, inputs, outputs.length, outputs, NONE, NONE, NONE];
    const native = checked<Pointer>('TF_GraphToFunction', content.pointer, name, 0, ALL, NONE, ...args);
    checked('TF_GraphCopyFunction', this.pointer, native, NONE);
    call('TF_DeleteFunction', native);
    return name;
  }

  dispose(): void {
    call('TF_DeleteGraph', this.pointer);
  }
}

/** TensorFlow.js's codes for the types of attributes. */
export interface AttributeCodes {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

/** Makes a setter for a TensorFlow.js attribute. */
export function setterOf({ name, type, value }: Attribute, codes: AttributeCodes): Setter {
  if (type === codes.TF_ATTR_STRING) return attribute.string(name, String(value));
  if (type === codes.TF_ATTR_FLOAT) return attribute.float(name, Number(value));
  if (type === codes.TF_ATTR_BOOL) return attribute.bool(name, Boolean(value));
  if (type === codes.TF_ATTR_SHAPE) return attribute.shape(name, value as readonly number[]);
  const isList = Array.isArray(value);
  if (type === codes.TF_ATTR_INT) return isList ? attribute.ints(name, value) : attribute.int(name, Number(value));
  if (type === codes.TF_ATTR_TYPE) return isList ? attribute.types(name, value) : attribute.type(name, Number(value));
  throw new Error(`the type of the attribute ${name} cannot be traced`);
}
