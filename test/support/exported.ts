import { RunContainer, type RunOptions } from '../../framework/experiment/run-container';
import { restoreWeights } from '../../framework/experiment/weights/checkpoint-ref';
import type { RunFolder } from '../../framework/run/run-folder';
import type { Engine } from '../../framework/tensorflow/engine';
import * as tf from '../../framework/tensorflow/tf';

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
