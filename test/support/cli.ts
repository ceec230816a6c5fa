import { main } from '../../framework/cli/main';
import type { Ended } from './exp';

/** What a command printed, and its exit code. */
export interface Told {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs a command that loads no TensorFlow in this process, which takes milliseconds where `exp` takes half a second. */
export async function command(args: readonly string[], runs: string): Promise<Told> {
  const { log, error } = console;
  const listeners = process.stdout.listeners('error');
  const before = { exitCode: process.exitCode, runs: process.env['EXPLAB_RUNS'] };
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  console.log = (...values: unknown[]) => void lines.out.push(values.join(' '));
  console.error = (...values: unknown[]) => void lines.err.push(values.join(' '));
  process.exitCode = undefined;
  process.env['EXPLAB_RUNS'] = runs;
  try {
    await main(args);
    return { out: lines.out.join('\n'), err: lines.err.join('\n'), code: exitCode() };
  } finally {
    Object.assign(console, { log, error });
    process.exitCode = before.exitCode;
    for (const listener of process.stdout.listeners('error').slice(listeners.length))
      process.stdout.off('error', listener as () => void);
    if (before.runs === undefined) delete process.env['EXPLAB_RUNS'];
    else process.env['EXPLAB_RUNS'] = before.runs;
  }
}

/** The same, with what `exp` of a process has. */
export async function inThisProcess(args: readonly string[], runs: string): Promise<Ended> {
  const { code, out, err } = await command(args, runs);
  return { code, stdout: out, stderr: err };
}

function exitCode(): number {
  return Number(process.exitCode ?? 0);
}
