import { Engine, type Program, type Step } from '../engine';
import type { Snapshot } from '../snapshot';
import * as tf from '../tf';
import type { Variable } from '../variable';
import type { Output } from './c-api';
import { Graph } from './graph';
import { replaceKernels } from './kernels';
import { addResource } from './resource';
import { Trace } from './trace';

/** Traces steps without running them, to learn shapes: their results are zeros, and variables keep their values. */
export class TracingEngine extends Engine {
  private readonly graph = new Graph();
  private readonly handles = new Map<Variable, Output>();

  constructor() {
    super();
    replaceKernels();
  }

  program(name: string, step: Step): Program {
    const run = (...inputs: tf.Tensor[]) => {
      const trace = new Trace(this.graph, name, (variable) => this.handleOf(variable), false);
      return Promise.resolve(trace.run(step, inputs).outputs.map(({ shape, dtype }) => tf.zeros(shape, dtype)));
    };
    return { run };
  }

  private handleOf(variable: Variable): Output {
    const handle = this.handles.get(variable) ?? addResource(this.graph, variable, this.handles.size).handle;
    this.handles.set(variable, handle);
    return handle;
  }

  read(variables: readonly Variable[]): Promise<Float32Array[]> {
    return Promise.resolve(variables.map(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1))));
  }

  snapshot(): Promise<Snapshot> {
    throw new Error('a traced step computes nothing to save');
  }

  write(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.graph.dispose();
  }
}
