/**
 * How many images a second each sampler draws, by the network with 3.4 million parameters; and where a Python with PyTorch and diffusers
 * and a checkout of labml's annotated implementations are named, the same by diffusers' schedulers on labml's U-Net, by turns. Each
 * measurement is a process of its own. It reports and judges nothing.
 *
 *     npm run bench:sampling -- [--python PATH --labml CHECKOUT] [--turns 2] [--times 2] [--peers eager,channels_last,compile]
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, THREADS, WARM_UP, configOf } from './cases';
import { needModules } from './modules';
import { median } from '../../framework/util/statistics';
import { IMAGES, WAYS_OF_SAMPLING, type WayOfSampling, settingsOf } from './ways-of-sampling';
import { REGISTER } from '../support/typescript';

/** Somebody who draws. */
interface Contender {
  readonly name: string;
  /** The seconds of each whole way from noise to images. */
  readonly measure: () => number[];
}

/** Takes the last line, since libraries may print before it. */
function measured(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): number[] {
  const env = { ...process.env, ...environment };
  const output = execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as number[];
}

function ours({ name }: WayOfSampling, times: number): Contender {
  const args = ['-r', REGISTER, join(__dirname, 'measure-sampling.ts'), name, String(times)];
  const env = { TF_NUM_INTRAOP_THREADS: String(THREADS) };
  return { name: 'explab', measure: () => measured(process.execPath, args, env) };
}

function theirs(sampling: WayOfSampling, way: string, times: number, python: string, labml: string): Contender {
  const { name, calls, timed } = sampling;
  const bench = { name, work: 'sampling step', settings: settingsOf(sampling), repetitions: times } as const;
  const config = configOf(bench, { precision: 'float32', device: 'cpu' });
  const task = { name, calls, timed, way, times, images: IMAGES, warmUp: WARM_UP, threads: THREADS, config };
  const args = ['-B', join(__dirname, 'measure_diffusers.py'), labml, JSON.stringify(task)];
  return { name: `diffusers ${way}`, measure: () => measured(python, args) };
}

/** Measures all contenders by turns, so that what else the machine does falls on all of them. @returns the first one's lead */
function compare(contenders: readonly Contender[], turns: number): number | undefined {
  const taken = contenders.map((): number[] => []);
  for (let turn = 0; turn < turns; turn++)
    for (const [index, { measure }] of contenders.entries()) taken[index]?.push(...measure());
  const seconds = taken.map(median);
  for (const [index, { name }] of contenders.entries()) {
    const [middle = NaN, all = []] = [seconds[index], taken[index]];
    const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
    const rate = `${(IMAGES / middle).toFixed(2).padStart(8)} images a second`;
    console.log(`  ${name.padEnd(24)} ${rate}   ${middle.toFixed(2)} s (${range})`);
  }
  const [own = NaN, ...others] = seconds;
  return others.length === 0 ? undefined : Math.min(...others) / own;
}

function main(): void {
  const text = { type: 'string' } as const;
  const numbers = { turns: { ...text, default: '2' }, times: { ...text, default: '2' } };
  const options = { ...numbers, python: text, labml: text, peers: { ...text, default: PEERS.join() } };
  const { python, labml, turns, times, peers } = parseArgs({ options }).values;
  if (python !== undefined) needModules(python, 'torch', 'diffusers');
  console.log(
    `${availableParallelism()} cores: ${cpus()[0]?.model.trim() ?? ''}; ${THREADS} threads, ${IMAGES} images.`,
  );
  for (const sampling of WAYS_OF_SAMPLING) {
    const { name, calls, timed } = sampling;
    console.log(`${name}${timed < calls ? `, by the first ${timed} of ${calls} steps` : ''}`);
    const ways = python !== undefined && labml !== undefined ? peers.split(',') : [];
    const others = ways.map((way) => theirs(sampling, way, Number(times), python ?? '', labml ?? ''));
    const lead = compare([ours(sampling, Number(times)), ...others], Number(turns));
    if (lead !== undefined) console.log(`  ${lead.toFixed(2)} times as fast as diffusers' best`);
  }
}

main();
