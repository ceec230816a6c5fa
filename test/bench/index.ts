/**
 * How long a training step takes and how much memory it needs; where a Python with PyTorch and a checkout of labml's annotated
 * implementations are named, the same in PyTorch on labml's U-Net, by turns; for a GPT, a Python with PyTorch is enough. The case `data`: images a
 * second of the data pipeline, and with a Python of torchvision's DataLoader and `tf.data`. Each measurement is a process of its own. It reports
 * and judges nothing.
 *
 *     npm run bench -- [--case NAME,...] [--ways graph,xla,false] [--turns 2] [--python PATH --labml CHECKOUT] [--json FILE]
 *                      [--device auto|cpu] [--precision float32|tf32|bfloat16|float16] [--tensorflow PYTHON]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Case, CASES, type Measurement, THREADS, WAYS, peersOf } from './cases';
import { compareReaders } from './data';
import { type Peer, type Row, TF32, computeOf, ours, summary, tensorFlows, theirs } from './measure-case';
import { needModules } from './modules';

/** Our best way beside the peer's best. */
interface Comparison {
  readonly case: string;
  readonly seconds: number;
  readonly peer: string;
  readonly peerSeconds: number;
  /** How many times as fast as the peer. */
  readonly ratio: number;
  readonly peakMB: number;
  readonly peerPeakMB: number;
}

/** True if a peer can run a case. */
function canMeasure(peer: Peer | undefined, { experiment }: Case): boolean {
  return peer !== undefined && (experiment === 'gpt' || peer.labml !== undefined);
}

/** What is to be measured of each case. */
interface Task {
  readonly turns: number;
  readonly ways: readonly string[];
  readonly precision: string;
  readonly device: string;
  readonly peer: Peer | undefined;
  /** A Python that has TensorFlow. */
  readonly tensorflow: string | undefined;
}

/** Measures every way by turns, so that what else the machine does falls on all of them. */
function rowsOf(benchmark: Case, { turns, ways, precision, device, peer, tensorflow }: Task): Row[] {
  const [compute, tf32] = [computeOf(precision, device), precision === TF32];
  const all = [
    ...ways.map((way) => ({
      by: 'explab',
      way,
      once: () => ours(benchmark, way, compute, tf32),
      taken: [] as Measurement[],
    })),
    ...(canMeasure(peer, benchmark) ? peersOf(benchmark) : []).map((way) => ({
      by: 'PyTorch',
      way,
      once: () => theirs(benchmark, way, compute, tf32, peer!),
      taken: [] as Measurement[],
    })),
  ];
  if (tensorflow !== undefined && benchmark.work === 'training step') {
    all.push({ by: 'TensorFlow', way: 'same graph', once: () => tensorFlows(benchmark, tensorflow), taken: [] });
  }
  for (let turn = 0; turn < turns; turn++) for (const { once, taken } of all) taken.push(once());
  return all.map(({ by, way, taken }) => ({ case: benchmark.name, by, way, ...summary(taken) }));
}

function best(rows: readonly Row[], by: string): Row | undefined {
  return rows.filter((row) => row.by === by).sort((a, b) => a.seconds - b.seconds)[0];
}

function comparison(rows: readonly Row[]): Comparison | undefined {
  const [own, peer] = [best(rows, 'explab'), best(rows, 'PyTorch')];
  if (!own || !peer) return undefined;
  const ratio = peer.seconds / own.seconds;
  const { seconds: peerSeconds, peakMB: peerPeakMB } = peer;
  return { case: own.case, seconds: own.seconds, peakMB: own.peakMB, peer: peer.way, peerSeconds, peerPeakMB, ratio };
}

function print({ by, way, seconds, range: [least, most], first, peakMB }: Row): void {
  const time = `${seconds.toFixed(3).padStart(8)} s (${least.toFixed(3)} to ${most.toFixed(3)})`;
  const name = `${by} ${way === 'false' ? 'op by op' : way}`;
  console.log(`  ${name.padEnd(22)} ${time.padEnd(30)} first ${first.toFixed(1)} s  ${String(peakMB).padStart(6)} MB`);
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const ways = { ...text, default: WAYS.join() };
  const [precision, device] = [
    { ...text, default: 'float32' },
    { ...text, default: 'auto' },
  ];
  const turns = { ...text, default: '2' };
  const options = {
    ...{ case: text, ways, turns, precision, device, json: text },
    ...{ python: text, labml: text, tensorflow: text },
  };
  const { values } = parseArgs({ options });
  const { python, labml } = values;
  const names = values.case?.split(',');
  const isDataMeasured = names?.includes('data') ?? true;
  if (python !== undefined) needModules(python, 'torch', ...(isDataMeasured ? ['torchvision'] : []));
  const peer = python === undefined ? undefined : { python, labml };
  // `gpt` is both cases of that experiment.
  const chosen = CASES.filter(
    ({ name, experiment }) => names?.some((each) => [name, experiment].includes(each)) ?? true,
  );
  console.log(`${availableParallelism()} cores: ${cpus()[0]?.model.trim() ?? ''}`);
  if (chosen.length > 0) console.log(`${THREADS} threads, ${values.precision}. Medians of steps:`);
  const comparisons = chosen.flatMap((benchmark) => {
    const task = {
      ...values,
      turns: Number(values.turns),
      ways: values.ways.split(','),
      peer,
      tensorflow: values.tensorflow,
    };
    const rows = rowsOf(benchmark, task);
    console.log(benchmark.name);
    rows.forEach(print);
    const compared = comparison(rows);
    if (compared) console.log(`  ${compared.ratio.toFixed(2)} times as fast as PyTorch's best`);
    return { rows, ...compared };
  });
  const data = isDataMeasured ? await compareReaders(python, Number(values.turns)) : [];
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify([...comparisons, ...data], null, 2)}\n`);
}

void main();
