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

/** A step as a part of a graph. */
export interface Traced {
  readonly inputs: readonly Output[];
  readonly outputs: readonly { output: Output; shape: number[]; dtype: tf.DataType }[];
  /** Operations that a run of the step must reach though nothing is fetched from them. */
  readonly updates: readonly Pointer[];
}

/** Where a graph keeps a variable. */
export type Handles = (variable: Variable) => Output;

/** What has been done to a variable so far in a trace. */
interface Use {
  readonly read: tf.Tensor;
  /** What wrote the value that was read, where this trace did. */
  readonly lastWrite: Pointer | undefined;
}

/** The trace that is going on, for code that has a better operation for a graph than the ops of TensorFlow.js. */
export function currentTrace(): Trace | undefined {
  const holder = currentStore();
  return holder instanceof Trace ? holder : undefined;
}

/** Turns a step into operations of a graph by running it once on tensors that stand for its inputs. */
export class Trace implements VariableStore {
  private readonly backend: TracingBackend;
  private readonly uses = new Map<Variable, Use>();
  private readonly updates: Pointer[] = [];
  /** What every later update waits for. */
  private readonly checks: Pointer[] = [];
  /** What operations are named after within the scope. */
  private part = '';

  constructor(
    readonly graph: Graph,
    private readonly scope: string,
    private readonly handles: Handles,
    /** Whether the graph is to have no operations but TensorFlow's own. */
    readonly plain = false,
    /** The trace that goes on meanwhile, where there is one. */
    outer?: Trace,
  ) {
    this.backend = new TracingBackend(graph, outer?.backend);
  }

  /** @param signature shapes and types of the inputs */
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
   * Names what is added meanwhile `scope/<name>/...`, and the gradients of it `scope/gradients/<name>/...`.
   * @param name its parts separated by dots
   */
  named<T>(name: string, code: () => T): T {
    return withGradients(
      (gradient) => this.inPart(`gradients.${name}`, gradient),
      () => this.inPart(name, code),
    );
  }

  /** The same within the part of the step that is going on: the optimizer's, say. */
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

  /** A tensor that stands for an output. */
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
   * Adds an operation of float32 that changes variables, such as `ResourceApplyAdam`.
   * @param inputs the variables' handles, then what else the operation takes
   */
  update(changed: readonly Variable[], type: string, inputs: readonly Output[], setters: readonly Setter[] = []): void {
    this.change(changed, type, inputs, [attribute.type('T', DataType.float32), ...setters]);
  }

  /** What changes variables runs after whatever reads their former values in this trace, and later reads see what it wrote. */
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

  /** Makes every later update wait for an operation, and not happen where it fails. */
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

/** The scopes of a name: `down.0`, `res` and `conv1` of `down.0.res.conv1`, so that what is in an array stands side by side. */
export function pathOf(name: string): string[] {
  return name === '' ? [] : name.split(/\.(?!\d)/);
}

/** TensorFlow's code of an element type of TensorFlow.js. */
export function codeOf(dtype: tf.DataType): number {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return DataType[dtype];
  throw new Error(`tensors of type ${dtype} cannot go into a graph`);
}
