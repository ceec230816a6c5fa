import type { Step } from '../engine';
import * as tf from '../tf';
import { currentStore, withStore, type Variable, type VariableStore } from '../variable';
import { DataType, type Output, type Pointer } from './c-api';
import { attribute, type Graph, type Setter } from './graph';
import { withGradients } from './tape';
import { TracingBackend } from './tracing-backend';

/** Shape and element type of an input. */
export interface Signature {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** A traced step: part of a graph. */
export interface Traced {
  readonly inputs: readonly Output[];
  readonly outputs: readonly { output: Output; shape: number[]; dtype: tf.DataType }[];
  /** Operations that must run with the step although their outputs are not fetched. */
  readonly updates: readonly Pointer[];
}

/** Returns the graph's resource handle of a variable. */
export type Handles = (variable: Variable) => Output;

/** State of a variable within a trace. */
interface Use {
  readonly read: tf.Tensor;
  /** Operation of this trace that wrote the value, if any. */
  readonly lastWrite: Pointer | undefined;
}

/** The current trace, for code that has a better graph operation than the ops of TensorFlow.js. */
export function currentTrace(): Trace | undefined {
  const store = currentStore();
  return store instanceof Trace ? store : undefined;
}

/** Records a step as graph operations by running it once on tensors that represent its inputs. */
export class Trace implements VariableStore {
  private readonly backend: TracingBackend;
  private readonly uses = new Map<Variable, Use>();
  private readonly updates: Pointer[] = [];
  /** Control dependencies of all later updates. */
  private readonly checks: Pointer[] = [];
  /** Name of the current part, used for the names of operations within the scope. */
  private part = '';

  constructor(
    readonly graph: Graph,
    private readonly scope: string,
    private readonly handles: Handles,
    /** Whether the graph may only have TensorFlow's own operations. */
    readonly plain = false,
    /** The enclosing trace, if any. */
    outer?: Trace,
  ) {
    this.backend = new TracingBackend(graph, outer?.backend);
  }

  /** Traces a step. @param signature shapes and types of its inputs */
  run(step: Step, signature: readonly Signature[]): Traced {
    return this.graph.inScope(this.scope, () => this.trace(step, signature));
  }

  private trace(step: Step, signature: readonly Signature[]): Traced {
    const inputs = signature.map(({ shape, dtype }) => this.graph.placeholder(codeOf(dtype), shape));
    try {
      return withStore(this, () =>
        this.backend.capture(() => {
          const results = step(...inputs.map((input) => this.backend.tensorOf(input)));
          const outputs = results.map((result) => ({
            output: this.outputOf(result),
            shape: result.shape,
            dtype: result.dtype,
          }));
          return { inputs, outputs, updates: this.updates };
        }),
      );
    } finally {
      for (const { read } of this.uses.values()) read.dispose();
    }
  }

  /**
   * Names operations added by code `scope/<name>/...`, and those of its gradients `scope/gradients/<name>/...`.
   * @param name its parts separated by dots
   */
  named<T>(name: string, code: () => T): T {
    return withGradients(
      (gradient) => this.inPart(`gradients.${name}`, gradient),
      () => this.inPart(name, code),
    );
  }

  /** The same within the current part of the step, such as the optimizer. */
  namedWithin<T>(name: string, code: () => T): T {
    return this.inPart([this.part, name].filter(Boolean).join('.'), code);
  }

  private inPart<T>(part: string, code: () => T): T {
    const before = this.part;
    this.part = part;
    try {
      return this.graph.inScope([this.scope, ...pathOf(part)].join('/'), code);
    } finally {
      this.part = before;
    }
  }

  outputOf(tensor: tf.Tensor): Output {
    return this.backend.outputOf(tensor);
  }

  /** A tensor that represents an output. */
  tensorFor(output: Output): tf.Tensor {
    return this.backend.tensorOf(output);
  }

  handleOf(variable: Variable): Output {
    return this.handles(variable);
  }

  tensorOf(variable: Variable): tf.Tensor {
    return this.use(variable).read;
  }

  assign(variable: Variable, value: tf.Tensor): void {
    const inputs = [this.handleOf(variable), this.outputOf(value)];
    const setters = [attribute.type('dtype', DataType.float32)];
    this.namedWithin(variable.name, () => this.change([variable], 'AssignVariableOp', inputs, setters));
  }

  /**
   * Adds a float32 operation that updates variables, such as `ResourceApplyAdam`.
   * @param inputs the variables' handles, then the operation's other inputs
   */
  update(changed: readonly Variable[], type: string, inputs: readonly Output[], setters: readonly Setter[] = []): void {
    this.change(changed, type, inputs, [attribute.type('T', DataType.float32), ...setters]);
  }

  /** Adds an operation that changes variables: it runs after all earlier reads of them in this trace, and later reads see its result. */
  private change(
    changed: readonly Variable[],
    type: string,
    inputs: readonly Output[],
    setters: readonly Setter[],
  ): void {
    const before = changed.flatMap((variable) => {
      const known = this.uses.get(variable);
      if (!known) return [];
      return [this.outputOf(known.read).oper, ...(known.lastWrite ? [known.lastWrite] : [])];
    });
    const operation = this.graph.add(type, inputs, setters, [...before, ...this.checks]);
    this.updates.push(operation);
    for (const variable of changed) this.uses.set(variable, this.readAfter(variable, operation));
  }

  /** Makes every later update wait for an operation; none is applied if it fails. */
  updateAfter(check: Pointer): void {
    this.checks.push(check);
  }

  private use(variable: Variable): Use {
    const known = this.uses.get(variable) ?? this.readAfter(variable, undefined);
    this.uses.set(variable, known);
    return known;
  }

  private readAfter(variable: Variable, write: Pointer | undefined): Use {
    this.uses.get(variable)?.read.dispose();
    const setters = [attribute.type('dtype', DataType.float32)];
    const add = () => this.graph.add('ReadVariableOp', [this.handleOf(variable)], setters, write ? [write] : []);
    const read = this.inPart(`read.${variable.name}`, add);
    return { read: tf.keep(this.backend.tensorOf(this.graph.output(read))), lastWrite: write };
  }
}

/** The scopes of a name: `down.0`, `res` and `conv1` of `down.0.res.conv1`, so that the elements of an array are siblings. */
export function pathOf(name: string): string[] {
  return name === '' ? [] : name.split(/\.(?!\d)/);
}

/** TensorFlow's code of an element type of TensorFlow.js. */
export function codeOf(dtype: tf.DataType): number {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return DataType[dtype];
  throw new Error(`tensors of type ${dtype} cannot be used in a graph`);
}
