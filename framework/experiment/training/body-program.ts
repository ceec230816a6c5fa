import type { Program } from '../../tensorflow/engine';
import * as tf from '../../tensorflow/tf';
import type { BodyShare } from './body-share';
import { runPart } from './micro-batches';
import { type CompiledStepOptions, type Minimize, programName } from './step-body';
import type { TensorRecord } from './tensor-record';

/** A program that runs a step's body on each micro-batch, and updates nothing. */
export class BodyProgram<Inputs extends TensorRecord> {
  private program: Program | undefined;

  /** @param what name of the program @param compute runs the body with its own `minimize` */
  constructor(
    private readonly options: CompiledStepOptions<Inputs>,
    private readonly share: BodyShare<Inputs>,
    private readonly what: string,
    private readonly compute: (run: (minimize: Minimize) => void) => tf.Tensor[],
  ) {}

  /** @param inputs borrowed @param step number of the update, from 1 @returns the values of `compute` for each micro-batch */
  async run(inputs: Inputs, step: number): Promise<Float32Array[][]> {
    const { microBatches = 1 } = this.options;
    this.program ??= this.createProgram();
    const scalar = tf.scalar(step, 'int32');
    try {
      const parts: Float32Array[][] = [];
      for (let part = 0; part < microBatches; part++)
        parts.push(await runPart(this.program, inputs, [scalar], part, microBatches));
      return parts;
    } finally {
      scalar.dispose();
    }
  }

  private createProgram(): Program {
    const { options, share, what, compute } = this;
    return options.engine.program(programName(options, what), (step, part, ...inputs) =>
      compute((minimize) => share.run(inputs, minimize, step as tf.Scalar, part as tf.Scalar)),
    );
  }
}
