import { RunContainer, type RunOptions } from '../../framework/experiment/run-container';
import { restoreWeights } from '../../framework/experiment/weights/checkpoint-ref';
import { Random } from '../../framework/random/random';
import type { RunFolder } from '../../framework/run/run-folder';
import type { Engine } from '../../framework/tensorflow/engine';
import * as tf from '../../framework/tensorflow/tf';

const QUICK = ['trackers=[]', 'maxSteps=1', 'compile=false'];

/** An experiment with one function, of one input and one output. */
interface FunctionOfExperiment {
  readonly experiment: string;
  readonly args: readonly string[];
  readonly input: string;
  /** Makes two examples. */
  readonly makeInput: () => tf.Tensor;
  readonly output: string;
  /** Number of elements of the output for two examples. */
  readonly size: number;
}

/** Experiments with one function; `gpt` has 61 characters. */
export const FUNCTIONS: readonly FunctionOfExperiment[] = [
  {
    experiment: 'gpt',
    args: [...QUICK, 'heldOut=0.01', 'contextLength=8', 'model.layers=1', 'sampleLength=1'],
    input: 'tokens',
    makeInput: () => tf.tensor2d([...Array(16).keys()], [2, 8], 'int32'),
    output: 'logits',
    size: 2 * 8 * 61,
  },
  {
    experiment: 'gan',
    args: [...QUICK, 'latent=6', 'discriminatorSteps=1'],
    input: 'z',
    makeInput: () => Random.fromSeed(1).normal([2, 6]),
    output: 'images',
    size: 2 * 8 * 8,
  },
  {
    experiment: 'regress',
    args: [...QUICK, 'dataset.rows=100'],
    input: 'x',
    makeInput: () => Random.fromSeed(1).normal([2, 10]),
    output: 'y',
    size: 2,
  },
];

/** What a function of a run's model gives, as the experiment itself computes it. @param inputs given up @param engine given up */
export async function ownResults(
  ingredients: RunOptions,
  folder: RunFolder,
  engine: Engine,
  name: string,
  inputs: tf.Tensor[],
): Promise<number[][]> {
  const container = new RunContainer(ingredients);
  const experiment = container.createExperiment(folder, engine);
  await experiment.init();
  await restoreWeights(experiment, { run: folder }, ingredients.monitor);
  const { step } = experiment.functions!(inputs[0]?.shape[0] ?? 0)[name]!;
  const outputs = await engine.program('own', step).run(...inputs);
  const numbers = outputs.map((output) => Array.from(output.dataSync()));
  tf.dispose([...outputs, ...inputs]);
  await container.close();
  return numbers;
}
