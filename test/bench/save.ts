/** Times what saving the paper's network with Adam's slots costs its training, in a process of its own: `save.ts FOLDER SAVES`. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiffuseSettings } from '../../experiments/diffuse';
import { Checkpoints } from '../../framework/checkpoint/checkpoints';
import { savedOptimizer, savedParameters } from '../../framework/checkpoint/variables';
import { engineFor, loadFor } from '../../framework/experiment/lifecycle/compute';
import { Random } from '../../framework/random/random';
import { CASES, createContainer } from './cases';
import { trainingStep } from './works';

/** In seconds, but for the bytes and the steps. */
export interface Saved {
  readonly bytes: number;
  /** A step with nothing else going on, the median. */
  readonly step: number;
  /** How long the training loop waited for a save to begin. */
  readonly stalls: readonly number[];
  /** How much longer the steps took in all, until the checkpoint was on the disk. */
  readonly lost: readonly number[];
  /** How long it took until it was on the disk. */
  readonly saves: readonly number[];
  /** As many bytes written by themselves, and brought to the disk. */
  readonly disk: number;
}

const ALONE = 7;
const seconds = (since: number): number => (performance.now() - since) / 1000;

async function measure(folder: string, saves: number): Promise<Saved> {
  const benchmark = CASES.find(({ name }) => name === 'train-paper-8');
  if (!benchmark) throw new Error('there is no such case');
  const { settings } = createContainer(benchmark, 'graph', { precision: 'float32', device: 'auto' });
  if (!(settings instanceof DiffuseSettings)) throw new Error('diffuse has other settings now');
  await loadFor(settings);
  const engine = engineFor(settings);
  const { once } = trainingStep(settings, Random.fromSeed(1), engine);
  const { model, optimizer } = settings;
  const parts = { model: savedParameters(model.parameters()), optimizer: savedOptimizer(optimizer.variables) };
  const checkpoints = new Checkpoints(folder, engine, () => ({ experiment: 'bench', config: '', versions: {} }));
  const alone: number[] = [];
  let number = 0;
  const step = async (): Promise<number> => {
    const since = performance.now();
    await once(++number);
    return seconds(since);
  };
  for (let each = 0; each < ALONE; each++) alone.push(await step());
  const median = alone.slice(2).toSorted((a, b) => a - b)[Math.floor((ALONE - 2) / 2)] ?? NaN;
  const measured = { stalls: [] as number[], lost: [] as number[], saves: [] as number[] };
  for (let save = 1; save <= saves; save++) {
    const since = performance.now();
    const state = { position: { step: number, epoch: 0, batch: 0, seed: 1 }, metrics: {} };
    await checkpoints.save(state, parts, { keep: 1, keepEvery: undefined, best: undefined, goal: undefined });
    measured.stalls.push(seconds(since));
    const done = new AbortController();
    const settled = checkpoints
      .flush()
      .then(() => measured.saves.push(seconds(since)))
      .finally(() => done.abort());
    let steps = 0;
    // One more than there are while it is saved, so that what comes after is counted too.
    do {
      await step();
      steps++;
    } while (!done.signal.aborted);
    await settled;
    measured.lost.push(seconds(since) - steps * median);
  }
  const bytes = Object.values(parts)
    .flat()
    .reduce((sum, { variable }) => sum + 4 * variable.size, 0);
  return { bytes, step: median, ...measured, disk: await diskTime(join(folder, 'alone'), bytes) };
}

/** How long the disk takes for so many bytes. */
async function diskTime(path: string, bytes: number): Promise<number> {
  const piece = Buffer.alloc(1 << 22, 7);
  const since = performance.now();
  const file = await open(path, 'w');
  for (let written = 0; written < bytes; written += piece.length) await file.appendFile(piece);
  await file.sync();
  await file.close();
  const time = seconds(since);
  await rm(path);
  return time;
}

async function main(): Promise<void> {
  const [folder = '', saves = '2'] = process.argv.slice(2);
  console.log(JSON.stringify(await measure(folder, Number(saves))));
}

if (require.main === module) void main();
