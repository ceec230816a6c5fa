/**
 * How long a training step takes and how much memory it needs; where a Python with PyTorch and a checkout of labml's annotated
 * implementations are named, the same in PyTorch on labml's U-Net, by turns. Each measurement is a process of its own. It reports
 * and judges nothing.
 *
 *     npm run bench -- [--case NAME] [--turns 2] [--python PATH --labml CHECKOUT] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, CASES, type Measurement, THREADS, WARM_UP, configOf } from './cases';

/** The shortest and the longest time. */
type Range = readonly [least: number, most: number];

/** What is known of a case when all is measured. */
interface Row {
  readonly case: string;
  /** The median. */
  readonly seconds: number;
  readonly range: Range;
  readonly peakMB: number;
  readonly imagesPerSecond: number;
  readonly peer?: string;
  readonly peerSeconds?: number;
  readonly peerRange?: Range;
  readonly peerPeakMB?: number;
  /** How many times as fast as the peer. */
  readonly ratio?: number;
}

interface Peer {
  readonly python: string;
  readonly labml: string;
}

/** Takes the last line, since libraries may print before it. */
function measured(
  command: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Measurement {
  const env = { ...process.env, ...environment };
  const output = execFileSync(command, words, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measurement;
}

function ours({ name, environment = {} }: Case): Measurement {
  const words = ['-r', '@swc-node/register', join(__dirname, 'measure.ts'), name];
  return measured(process.execPath, words, { TF_NUM_INTRAOP_THREADS: String(THREADS), ...environment });
}

function theirs(benchmark: Case, { python, labml }: Peer): Measurement {
  const { work, repetitions } = benchmark;
  const task = { work, repetitions, warmUp: WARM_UP, threads: THREADS, config: configOf(benchmark) };
  return measured(python, ['-B', join(__dirname, 'measure_torch.py'), labml, JSON.stringify(task)], {});
}

function summary(measurements: readonly Measurement[]): { seconds: number; range: Range; peakMB: number } {
  const sorted = measurements.flatMap(({ seconds }) => seconds).toSorted((a, b) => a - b);
  const [least = NaN, middle = NaN, most = NaN] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  const peakMB = Math.round(Math.max(...measurements.map((measurement) => measurement.peakMB)));
  return { seconds: middle, range: [least, most], peakMB };
}

function compare(benchmark: Case, turns: number, peer: Peer | undefined): Row {
  const [here, there]: [Measurement[], Measurement[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    here.push(ours(benchmark));
    if (peer) there.push(theirs(benchmark, peer));
  }
  const own = summary(here);
  const imagesPerSecond = Number(configOf(benchmark)['batchSize']) / own.seconds;
  const row = { case: benchmark.name, ...own, imagesPerSecond };
  if (!peer) return row;
  const { seconds: peerSeconds, range: peerRange, peakMB: peerPeakMB } = summary(there);
  return { ...row, peer: 'PyTorch', peerSeconds, peerRange, peerPeakMB, ratio: peerSeconds / own.seconds };
}

function print({ case: name, seconds, range, peakMB, imagesPerSecond, ...row }: Row): void {
  console.log(`${name}: ${imagesPerSecond.toFixed(1)} images a second`);
  printLine('explab', seconds, range, peakMB);
  if (row.peer === undefined || !row.peerRange) return;
  printLine(row.peer, row.peerSeconds ?? NaN, row.peerRange, row.peerPeakMB ?? NaN);
  console.log(`  ${row.ratio?.toFixed(2) ?? ''} times as fast as ${row.peer}`);
}

function printLine(name: string, seconds: number, [least, most]: Range, peakMB: number): void {
  const time = `${seconds.toFixed(3).padStart(8)} s a step (${least.toFixed(3)} to ${most.toFixed(3)})`;
  console.log(`  ${name.padEnd(8)} ${time.padEnd(40)} ${String(peakMB).padStart(6)} MB`);
}

function main(): void {
  const text = { type: 'string' } as const;
  const options = { case: text, turns: { ...text, default: '2' }, python: text, labml: text, json: text };
  const { values } = parseArgs({ options });
  const { python, labml } = values;
  const peer = python !== undefined && labml !== undefined ? { python, labml } : undefined;
  const chosen = CASES.filter(({ name }) => values.case === undefined || name === values.case);
  console.log(`${availableParallelism()} cores: ${cpus()[0]?.model.trim() ?? ''}; ${THREADS} threads. Medians:`);
  const rows = chosen.map((benchmark) => {
    const row = compare(benchmark, Number(values.turns), peer);
    print(row);
    return row;
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

main();
