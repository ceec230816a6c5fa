import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Engine, type Step } from '../engine';
import type { SavedFunctions } from '../saved-function';
import * as tf from '../tf';
import type { Variable, VariableStore } from '../variable';
import { DataType, type Pointer } from './c-api';
import { Graph } from './graph';
import { GraphProgram } from './graph-program';
import { addReader, GraphSnapshot, type Reader } from './graph-snapshot';
import { replaceKernels } from './kernels';
import { contents, deleteTensors, nativeTensor, textTensor } from './native-tensor';
import { addResource, type Resource } from './resource';
import { SAVED_MODEL, savedModel, VARIABLES } from './saved-model';
import { addSaver } from './saver';
import { Session } from './session';
import type { SessionOptions } from './session-config';
import { pathOf, type Signature, Trace, type Traced } from './trace';

/** How a session runs its graph, and what goes into it. */
export interface GraphOptions extends SessionOptions {
  /** Whether the graph is to have no operations but TensorFlow's own, so that another TensorFlow can run it. */
  readonly plain?: boolean;
}

/**
 * Runs steps as graphs of TensorFlow's: a step is traced once for each shape of its inputs, and then is one native call, off the main
 * thread. Variables live in the session and never travel with a step.
 */
export class GraphEngine extends Engine implements VariableStore {
  private readonly graph = new Graph();
  private readonly session: Session;
  /** How many programs have each name. */
  private readonly programs = new Map<string, number>();
  private readonly resources = new Map<Variable, Resource>();
  /** Variables that have a place in the graph, and whose values are not there yet. */
  private readonly pending = new Set<Variable>();
  /** What reads snapshots, by the order of axes. */
  private readonly readers = new Map<string, Reader>();

  constructor(private readonly options: GraphOptions) {
    super();
    replaceKernels();
    this.session = new Session(this.graph, options);
  }

  program(name: string, step: Step): GraphProgram {
    const number = (this.programs.get(name) ?? 0) + 1;
    this.programs.set(name, number);
    const scope = number === 1 ? name : `${name}_${number}`;
    const trace = (signature: readonly Signature[]) => this.trace(scopeOf(scope, signature), signature, step);
    return new GraphProgram(name, this.graph, trace, this.session, () => this.adopt());
  }

  private trace(scope: string, signature: readonly Signature[], step: Step): Traced {
    const handles = (variable: Variable) => this.resourceOf(variable).handle;
    const { xla = false, plain = xla } = this.options;
    return new Trace(this.graph, scope, handles, plain).run(step, signature);
  }

  /** Only a trace can stand for a variable that lives in a session. */
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
    const values = new Map(held.map((variable, index) => [variable, fetched[index] as Pointer]));
    for (const variable of kept)
      values.set(variable, nativeTensor(DataType.float32, variable.shape, keptValueOf(variable)));
    return new GraphSnapshot(values, this.session, (order) => this.readerOf(order));
  }

  private readerOf(order: readonly number[] | undefined): Reader {
    const key = order?.join() ?? '';
    const reader = this.readers.get(key) ?? addReader(this.graph, order);
    this.readers.set(key, reader);
    return reader;
  }

  /** A variable that no step has used yet keeps its value until then, so that the graph does not depend on who wrote to it first. */
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
    const fed = [...this.pending].filter(({ initializer }) => !initializer);
    if (initial.length > 0) await this.draw(initial);
    const tensors = fed.map((variable) => nativeTensor(DataType.float32, variable.shape, keptValueOf(variable)));
    for (const variable of fed) this.take(variable);
    await this.feed(
      fed.map((variable) => this.resourceOf(variable)),
      tensors,
    );
  }

  /** Has the session make the first values of variables, so that they never pass through JavaScript. */
  private async draw(variables: readonly Variable[]): Promise<void> {
    const { updates } = this.trace('initialize', [], () => {
      for (const variable of variables) if (variable.initializer) variable.assign(variable.initializer());
      return [];
    });
    await this.session.run([], [], [], updates);
    for (const variable of variables) this.take(variable);
  }

  private take(variable: Variable): void {
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
    const scope = ['variables', ...pathOf(variable.name)].join('/');
    const resource = this.graph.inScope(scope, () => addResource(this.graph, variable, this.resources.size));
    this.resources.set(variable, resource);
    if (variable.store !== this) this.pending.add(variable);
    return resource;
  }

  /**
   * Saves functions, with the values of the variables that they read, as a SavedModel, which any TensorFlow loads. The engine must be one
   * of plain graphs.
   * @param folder that there is
   */
  async save(folder: string, functions: SavedFunctions): Promise<void> {
    const traced = Object.entries(functions).map(([name, declared]) => {
      const traced = this.trace(name, Object.values(declared.inputs), declared.step);
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
    // A session that waits for another worker cannot be closed; it ends with the process.
    if (this.options.cluster) return;
    this.session.dispose();
    this.graph.dispose();
  }
}

/** `train.64x8x8x1`: told by the shapes, and not by which was first, so that it is the same in a resumed run. */
function scopeOf(program: string, signature: readonly Signature[]): string {
  const shapes = signature.map(({ shape }) => shape.join('x')).filter((shape) => shape !== '');
  return [program, ...shapes].join('.');
}

function keptValueOf(variable: Variable): Float32Array {
  return variable.value.dataSync<'float32'>();
}
