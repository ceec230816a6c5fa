/** Times one case in a process of its own and prints a `Measurement`: `measure.ts NAME COMPILE PRECISION DEVICE`. */
import { DiffuseSettings } from '../../experiments/diffuse';
import { Sampler } from '../../experiments/diffuse/sampler';
import { TrainingStep } from '../../framework/experiment/training-step';
import { engineFor, loadFor } from '../../framework/experiment/compute';
import { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import type * as tf from '../../framework/tensorflow/tf';
import { type Case, CASES, type Compute, type Measurement, WARM_UP, assemble } from './cases';

/** Gets everything ready. @returns does it once, the n-th time */
type Work = (settings: DiffuseSettings, random: Random, engine: Engine) => (n: number) => Promise<unknown>;

const works: Readonly<Record<Case['work'], Work>> = {
  'training step': ({ dataset, model, diffusion, optimizer, batchSize, learningRate }, random, engine) => {
    model.initialize(random.stream('model'));
    const x0 = random.stream('images').uniform<tf.Rank.R4>([batchSize, ...dataset.shape], -1, 1);
    const loss = ([images]: [tf.Tensor4D], at: Random): tf.Scalar => diffusion.loss(model, images, at);
    const step = new TrainingStep({ engine, model, optimizer, loss, random: random.stream('train') });
    return (n) => step.run([x0], { step: n, learningRate });
  },
  'sampling step': ({ dataset, model, diffusion, samples }, random, engine) => {
    model.initialize(random.stream('model'));
    const sampler = new Sampler(engine, model, diffusion);
    let x = random.stream('xT').normal<tf.Rank.R4>([samples, ...dataset.shape]);
    return async () => {
      x = await sampler.step(x, diffusion.steps - 1, random.stream('z'));
    };
  },
};

async function measure(benchmark: Case, compile: string, compute: Compute): Promise<Measurement> {
  const { settings } = assemble(benchmark, compile, compute);
  await loadFor(settings);
  if (!(settings instanceof DiffuseSettings)) throw new Error('diffuse has other settings now');
  const once = works[benchmark.work](settings, Random.fromSeed(1), engineFor(settings));
  const seconds: number[] = [];
  for (let n = 1; n <= WARM_UP + benchmark.repetitions; n++) {
    const begun = performance.now();
    await once(n);
    seconds.push((performance.now() - begun) / 1000);
  }
  const peakMB = (process.resourceUsage().maxRSS * 1024) / 1e6;
  return { first: seconds[0] ?? NaN, seconds: seconds.slice(WARM_UP), peakMB };
}

async function main(): Promise<void> {
  const [name, compile = 'graph', precision = 'float32', device = 'auto'] = process.argv.slice(2);
  const benchmark = CASES.find((each) => each.name === name);
  if (!benchmark) throw new Error(`there is no case ${name ?? ''}`);
  console.log(JSON.stringify(await measure(benchmark, compile, { precision, device })));
}

void main();
