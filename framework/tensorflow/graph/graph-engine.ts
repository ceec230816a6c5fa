import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Engine, type ProgramOptions, type Step } from '../engine';
import { inputsOf, type SavedFunctions } from '../saved-function';
import * as tf from '../tf';
import type { Variable, VariableStore } from '../variable';
import { DataType, type Output, type Pointer } from './c-api';
import { attribute, Graph } from './graph';
import { GraphProgram } from './graph-program';
import { addReader, GraphSnapshot, type Reader } from './graph-snapshot';
import { replaceKernels } from './kernels';
import { contents, deleteTensors, nativeTensor, textTensor } from './native-tensor';
import { addResource, type Resource } from './resource';
import { SAVED_MODEL, savedModel, VARIABLES } from './saved-model';
import { addSaver } from './saver';
import { Session } from './session';
import type { SessionOptions } from './session-config';
import { codeOf, type Signature, Trace, type Traced } from './trace';

/** Options of a session and its graph. */
export interface GraphOptions extends SessionOptions {
  /** Whether the graph may only have TensorFlow's own operations, so that any TensorFlow can run it. */
  readonly plain?: boolean;
}

/**
 * Runs steps as TensorFlow graphs: a step is traced once for each shape of its inputs and then is a single native call, off the main
 * thread. Variables live in the session and are never passed to or from a step.
 */
export class GraphEngine extends Engine implements VariableStore {
  private readonly graph = new Graph();
  private readonly session: Session;
  /** Number of programs by name. */
  private readonly programs = new Map<string, number>();
  private readonly resources = new Map<Variable, Resource>();
  /** Variables of the graph whose values have not been moved into the session yet. */
  private readonly pending = new Set<Variable>();
  /** Readers of snapshots, by order of axes. */
  private readonly readers = new Map<string, Reader>();

  constructor(private readonly options: GraphOptions) {
    super();
    replaceKernels();
    this.session = new Session(this.graph, options);
  }

  program(name: string, step: Step, { isTracedTwice = false }: ProgramOptions = {}): GraphProgram {
    const number = (this.programs.get(name) ?? 0) + 1;
    this.programs.set(name, number);
    const scope = number === 1 ? name : `${name}_${number}`;
    let isChecked = !isTracedTwice;
    const trace = (signature: readonly Signature[]) => {
      const run = () => this.trace(scopeOf(scope, signature), signature, step);
      const traced = isChecked ? run() : this.graph.addTwice(run);
      isChecked = true;
      return traced;
    };
    return new GraphProgram(name, this.graph, trace, this.session, () => this.adopt());
  }

  private trace(scope: string, signature: readonly Signature[], step: Step): Traced {
    const handles = (variable: Variable) => this.resourceOf(variable).handle;
    const traced = new Trace(this.graph, scope, handles, this.isPlain).run(step, signature);
    return this.graph.inScope(scope, () => this.withoutInputs(traced));
  }

  /** Copies outputs that are inputs: a session cannot return what it is given. */
  private withoutInputs(traced: Traced): Traced {
    const isInput = ({ oper }: Output) => traced.inputs.some((input) => input.oper === oper);
    const outputs = traced.outputs.map((each) => {
      if (!isInput(each.output)) return each;
      const copy = this.graph.add('Identity', [each.output], [attribute.type('T', codeOf(each.dtype))]);
      return { ...each, output: this.graph.output(copy) };
    });
    return { ...traced, outputs };
  }

  private get isPlain(): boolean {
    const { xla = false, plain = xla } = this.options;
    return plain;
  }

  /** Always throws: only a trace can represent a variable that lives in a session. */
  tensorOf(variable: Variable): never {
    throw new Error(`${variable.name} lives in a session: use engine.read and engine.write`);
  }

  assign(variable: Variable): never {
    return this.tensorOf(variable);
  }

  async read(variables: readonly Variable[]): Promise<Float32Array[]> {
    const held = variables.filter((variable) => variable.store === this);
    const fetched = await this.session.run(
      [],
      [],
      held.map((variable) => this.resourceOf(variable).read),
      [],
    );
    const read = fetched.map((tensor) => contents(tensor).numbers as Float32Array);
    const values = new Map(held.map((variable, index) => [variable, read[index]]));
    deleteTensors(fetched);
    return variables.map((variable) => values.get(variable) ?? keptValueOf(variable));
  }

  async snapshot(variables: readonly Variable[]): Promise<GraphSnapshot> {
    const [held, kept] = [
      variables.filter((each) => each.store === this),
      variables.filter((each) => each.store !== this),
    ];
    const reads = held.map((variable) => this.resourceOf(variable).read);
    const fetched = await this.session.run([], [], reads, []);
    const values = [
      ...held.map((variable, index) => [variable, fetched[index] as Pointer] as const),
      ...kept.map((each) => [each, nativeTensor(DataType.float32, each.shape, keptValueOf(each))] as const),
    ];
    const byVariable = new Map(variables.map((variable) => [variable, [] as Pointer[]]));
    for (const [variable, value] of values) byVariable.get(variable)?.push(value);
    return new GraphSnapshot(byVariable, this.session, (order) => this.readerOf(order));
  }

  private readerOf(order: readonly number[] | undefined): Reader {
    const key = order?.join() ?? '';
    const reader = this.readers.get(key) ?? addReader(this.graph, order);
    this.readers.set(key, reader);
    return reader;
  }

  /** A variable keeps its value until a step uses it, so that the graph does not depend on the order of writes. */
  async write(values: readonly (readonly [Variable, Float32Array])[]): Promise<void> {
    for (const [variable, numbers] of values) {
      if (variable.store !== this) tf.tidy(() => variable.assign(tf.tensor(numbers, [...variable.shape])));
    }
    const held = values.filter(([variable]) => variable.store === this);
    const resources = held.map(([variable]) => this.resourceOf(variable));
    await this.feed(
      resources,
      held.map(([variable, numbers]) => nativeTensor(DataType.float32, variable.shape, numbers)),
    );
  }

  /** Moves the values of new variables into the session, all in one call. */
  private async adopt(): Promise<void> {
    const initial = [...this.pending].filter(({ initializer }) => initializer);
    const assigned = [...this.pending].filter(({ initializer }) => !initializer);
    if (initial.length > 0) await this.runInitializers(initial);
    const tensors = assigned.map((variable) => nativeTensor(DataType.float32, variable.shape, keptValueOf(variable)));
    for (const variable of assigned) this.takeOver(variable);
    await this.feed(
      assigned.map((variable) => this.resourceOf(variable)),
      tensors,
    );
  }

  /** Computes the initial values of variables in the session, without copying them to JavaScript. */
  private async runInitializers(variables: readonly Variable[]): Promise<void> {
    const { updates } = this.trace('initialize', [], () => {
      for (const variable of variables) if (variable.initializer) variable.assign(variable.initializer());
      return [];
    });
    await this.session.run([], [], [], updates);
    for (const variable of variables) this.takeOver(variable);
  }

  private takeOver(variable: Variable): void {
    variable.dispose();
    variable.store = this;
    this.pending.delete(variable);
  }

  private async feed(resources: readonly Resource[], tensors: readonly Pointer[]): Promise<void> {
    const inputs = resources.map(({ fed }) => fed);
    await this.session.run(
      inputs,
      tensors,
      [],
      resources.map(({ assign }) => assign),
    );
    deleteTensors(tensors);
  }

  private resourceOf(variable: Variable): Resource {
    const known = this.resources.get(variable);
    if (known) return known;
    const resource = addResource(this.graph, variable, this.resources.size);
    this.resources.set(variable, resource);
    if (variable.store !== this) this.pending.add(variable);
    return resource;
  }

  /**
   * Saves functions and the values of their variables as a SavedModel, which any TensorFlow can load. The engine must use plain
   * graphs.
   * @param folder existing folder
   */
  async save(folder: string, functions: SavedFunctions): Promise<void> {
    const traced = Object.entries(functions).map(([name, declared]) => {
      const inputs = inputsOf(declared).map(([, signature]) => signature);
      const traced = this.trace(name, inputs, declared.step);
      if (traced.updates.length > 0) throw new Error(`${name} assigns variables: it cannot be saved`);
      return { name, declared, traced };
    });
    await this.adopt();
    const saver = addSaver(this.graph, this.resources);
    await mkdir(dirname(join(folder, VARIABLES)), { recursive: true });
    const prefix = textTensor([], [join(folder, VARIABLES)]);
    await this.session.run([saver.prefix], [prefix], [], [saver.saved.oper]);
    deleteTensors([prefix]);
    await writeFile(join(folder, SAVED_MODEL), savedModel(this.graph, traced, this.resources, saver));
  }

  override record(): () => Buffer[] {
    const records: Buffer[] = [];
    this.session.recorder = (metadata) => void records.push(metadata);
    return () => {
      this.session.recorder = undefined;
      return records;
    };
  }

  close(): void {
    for (const variable of this.resources.keys()) variable.store = undefined;
    // A session that waits for another worker cannot be closed; it lives until the process exits.
    if (this.options.cluster) return;
    this.session.dispose();
    this.graph.dispose();
  }
}

/** `train.64x8x8x1`: contains the shapes instead of a sequence number, so that it is the same in a resumed run. */
function scopeOf(program: string, signature: readonly Signature[]): string {
  const shapes = signature.map(({ shape }) => shape.join('x')).filter((shape) => shape !== '');
  return [program, ...shapes].join('.');
}

function keptValueOf(variable: Variable): Float32Array {
  return variable.value.dataSync<'float32'>();
}
