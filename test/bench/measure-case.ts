import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, type Compute, type Measurement, THREADS, WARM_UP, configOf } from './cases';
import { REGISTER } from '../support/typescript';

/** What was measured of one way of running a case. */
export interface Row {
  readonly case: string;
  /** Whose: explab or PyTorch. */
  readonly by: string;
  readonly way: string;
  /** The median. */
  readonly seconds: number;
  /** The shortest and the longest time. */
  readonly range: readonly [least: number, most: number];
  /** Of the first run, with tracing and compiling. */
  readonly first: number;
  readonly peakMB: number;
}

/** A Python with PyTorch. */
export interface Peer {
  readonly python: string;
  /** Needed for `diffuse`. */
  readonly labml: string | undefined;
}

/** GPUs round float32 to tf32 in products, unless they are told not to. */
export const TF32 = 'tf32';

/** Environment in which GPUs compute in float32 without rounding to tf32: by NVIDIA's libraries, and by kernels of XLA's own. */
export const EXACT: Readonly<Record<string, string>> = {
  NVIDIA_TF32_OVERRIDE: '0',
  XLA_FLAGS: `${process.env['XLA_FLAGS'] ?? ''} --xla_gpu_enable_triton_gemm=false`.trim(),
};

/** The settings for a number format of the command line. */
export function computeOf(precision: string, device: string): Compute {
  return { precision: precision === TF32 ? 'float32' : precision, device };
}

/** Takes the last line, since libraries may print before it. @throws Error with what the process wrote to standard error */
function measured(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Measurement {
  const env = { ...process.env, ...environment };
  const output = execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measurement;
}

/** Measures a case in a process of ours. */
export function ours({ name }: Case, way: string, compute: Compute, tf32: boolean): Measurement {
  const { precision, device } = compute;
  const args = ['-r', REGISTER, join(__dirname, 'measure.ts'), name, way, precision, device];
  return measured(process.execPath, args, { TF_NUM_INTRAOP_THREADS: String(THREADS), ...(!tf32 && EXACT) });
}

/** Measures a case in PyTorch. */
export function theirs(
  benchmark: Case,
  way: string,
  compute: Compute,
  tf32: boolean,
  { python, labml }: Peer,
): Measurement {
  const { work, repetitions } = benchmark;
  const config = configOf(benchmark, compute);
  const task = { work, way, repetitions, warmUp: WARM_UP, threads: THREADS, tf32, config };
  const program =
    benchmark.experiment === 'gpt'
      ? ['measure_torch_gpt.py']
      : ['measure_torch.py', ...(labml === undefined ? [] : [labml])];
  const [script = '', ...args] = program;
  return measured(python, ['-B', join(__dirname, script), ...args, JSON.stringify(task)], {});
}

/** The same graph, run by TensorFlow's own Python. */
export function tensorFlows({ name, repetitions }: Case, python: string): Measurement {
  const folder = mkdtempSync(join(tmpdir(), 'explab-graph-'));
  try {
    execFileSync(process.execPath, ['-r', REGISTER, join(__dirname, 'dump-graph.ts'), name, folder]);
    const args = [join(__dirname, 'measure_tensorflow.py'), folder, String(repetitions), String(THREADS)];
    return measured(python, ['-B', ...args], { TF_CPP_MIN_LOG_LEVEL: '2' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Median, range and peak over all processes of a way. */
export function summary(taken: readonly Measurement[]): Pick<Row, 'seconds' | 'range' | 'first' | 'peakMB'> {
  const sorted = taken.flatMap(({ seconds }) => seconds).sort((a, b) => a - b);
  const [least = NaN, middle = NaN, most = NaN] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  const peakMB = Math.round(Math.max(...taken.map((measurement) => measurement.peakMB)));
  return { seconds: middle, range: [least, most], first: Math.min(...taken.map(({ first }) => first)), peakMB };
}
