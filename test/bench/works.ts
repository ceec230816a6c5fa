import { DiffuseSettings } from '../../experiments/diffuse';
import { GPTExperimentSettings } from '../../experiments/gpt';
import { Sampling } from '../../experiments/diffuse/sampling';
import type { ExperimentSettings } from '../../framework/experiment/settings';
import { TrainingStep } from '../../framework/experiment/training/training-step';
import type { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import * as tf from '../../framework/tensorflow/tf';
import { meanLosses } from '../../plugins/text/mean-losses';
import type { Case } from './cases';

/** Gets everything ready. @returns does it once, the n-th time */
type Work = (settings: ExperimentSettings, random: Random, engine: Engine) => (n: number) => Promise<unknown>;

export const works: Readonly<Record<Case['work'], Work>> = {
  'training step': (settings, random, engine) => trainingStep(settings, random, engine).once,
  'sampling step': samplingStep,
};

/** The training step of an experiment, on one batch of random numbers. */
export function trainingStep(settings: ExperimentSettings, random: Random, engine: Engine) {
  return settings instanceof GPTExperimentSettings
    ? transformerStep(settings, random, engine)
    : diffusionStep(settings, random, engine);
}

function transformerStep(settings: GPTExperimentSettings, random: Random, engine: Engine) {
  const { tokenizer, model, optimizer, batchSize, contextLength, learningRate, clipNorm: maxNorm } = settings;
  model.initialize(random.stream('model'));
  const tokens = random.stream('tokens').integers<tf.Rank.R2>([batchSize, contextLength + 1], tokenizer.size);
  const loss = ([tokens]: [tf.Tensor2D], at: Random) =>
    tf.tidy(() => tf.mean<tf.Scalar>(meanLosses(model, tokens, at)));
  const step = new TrainingStep({ engine, model, optimizer, loss, random: random.stream('train'), maxNorm });
  return { step, once: (n: number) => step.run([tokens], { step: n, learningRate }) };
}

function diffusionStep(settings: ExperimentSettings, random: Random, engine: Engine) {
  const { dataset, model, diffusion, optimizer, batchSize, learningRate } = ofDiffuse(settings);
  model.initialize(random.stream('model'));
  const x0 = random.stream('images').uniform<tf.Rank.R4>([batchSize, ...dataset.shape], -1, 1);
  const loss = ([images]: [tf.Tensor4D], at: Random): tf.Scalar => diffusion.loss(model, images, at);
  const step = new TrainingStep({ engine, model, optimizer, loss, random: random.stream('train') });
  return { step, once: (n: number) => step.run([x0], { step: n, learningRate }) };
}

function samplingStep(settings: ExperimentSettings, random: Random, engine: Engine): () => Promise<void> {
  const { dataset, model, diffusion, sampler, samples } = ofDiffuse(settings);
  model.initialize(random.stream('model'));
  const sampling = new Sampling({ engine, model, diffusion });
  const [first] = sampler.steps(diffusion.alphaBar);
  if (!first) throw new Error('the sampler has no stage');
  const noise = { random: random.stream('z'), images: [...Array(samples).keys()] };
  let state = sampling.begin(random.stream('xT').normal<tf.Rank.R4>([samples, ...dataset.shape]));
  return async () => {
    state = await sampling.step(state, first, diffusion.steps - 1, noise);
  };
}

function ofDiffuse(settings: ExperimentSettings): DiffuseSettings {
  if (settings instanceof DiffuseSettings) return settings;
  throw new Error('diffuse has other settings now');
}
