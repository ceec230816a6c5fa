/** Times one way of sampling in a process of its own and prints the seconds of each whole way: `measure-sampling.ts NAME TIMES`. */
import { DiffuseSettings } from '../../experiments/diffuse';
import { Sampling } from '../../experiments/diffuse/sampling';
import { engineFor, loadFor } from '../../framework/experiment/lifecycle/compute';
import { Random } from '../../framework/random/random';
import * as tf from '../../framework/tensorflow/tf';
import { WARM_UP, createContainer } from './cases';
import { IMAGES, WAYS_OF_SAMPLING, type WayOfSampling, settingsOf } from './ways-of-sampling';

async function measure(way: WayOfSampling, times: number): Promise<number[]> {
  const options = { name: way.name, work: 'sampling step', settings: settingsOf(way), repetitions: times } as const;
  const { settings } = createContainer(options, 'graph', { precision: 'float32', device: 'cpu' });
  if (!(settings instanceof DiffuseSettings)) throw new Error('diffuse has other settings now');
  await loadFor(settings);
  const { dataset, model, diffusion, sampler } = settings;
  model.initialize(Random.fromSeed(1).stream('model'));
  const sampling = new Sampling({ engine: engineFor(settings), model, diffusion });
  const stages = sampler.steps(diffusion.alphaBar);
  if (stages.length !== way.calls) throw new Error(`${way.name} has ${stages.length} stages`);

  /** From noise on, by the first stages. */
  async function draw(count: number, random: Random): Promise<void> {
    let state = sampling.begin(random.stream('xT').normal<tf.Rank.R4>([IMAGES, ...dataset.shape]));
    const noise = { random: random.stream('z'), images: [...Array(IMAGES).keys()] };
    for (const [done, stage] of stages.slice(0, count).entries())
      state = await sampling.step(state, stage, stages.length - 1 - done, noise);
    await state.x.data();
    tf.dispose([state.x, state.history]);
  }

  await draw(WARM_UP, Random.fromSeed(0));
  const seconds: number[] = [];
  for (let time = 1; time <= times; time++) {
    const begun = performance.now();
    await draw(way.timed, Random.fromSeed(time));
    seconds.push(((performance.now() - begun) / 1000) * (way.calls / way.timed));
  }
  return seconds;
}

async function main(): Promise<void> {
  const [name, times = '1'] = process.argv.slice(2);
  const way = WAYS_OF_SAMPLING.find((each) => each.name === name);
  if (!way) throw new Error(`there is no way ${name ?? ''}`);
  console.log(JSON.stringify(await measure(way, Number(times))));
}

void main();
