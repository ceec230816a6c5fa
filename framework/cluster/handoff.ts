import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariable } from '../util/environment-variable';

/** Variable with the folder by which workers tell the process that supervises them who they are, and what they train. */
export const SUPERVISOR = 'EXPLAB_SUPERVISOR';

const RUN = 'run';
const EXIT_CODE = 'exit-code';
const WORKER = 'worker-';

/** What workers have told. */
export interface Handoff {
  /** The folder of the run, once it has one. */
  readonly run: string | undefined;
  /** The exit code of the chief, where it came to an end by itself. */
  readonly exitCode: number | undefined;
  /** The number of each worker, by its process. */
  readonly workers: ReadonlyMap<number, number>;
}

/** Tells which worker this process is. @param index its number */
export function announceWorker(index: number): void {
  tell(`${WORKER}${index}`, String(process.pid));
}

/** Tells the folder of the run. */
export function announceRun(folder: string): void {
  tell(RUN, folder);
}

/** Tells the exit code of the chief: launchers make one of those of all workers, each by its own rule. */
export function announceExitCode(code: number): void {
  tell(EXIT_CODE, String(code));
}

/** @param folder what SUPERVISOR names */
export function readHandoff(folder: string): Handoff {
  const read = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
  const exitCode = read(EXIT_CODE);
  const workers = readdirSync(folder).filter((name) => name.startsWith(WORKER));
  return {
    run: read(RUN),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    workers: new Map(workers.map((name) => [Number(read(name)), Number(name.slice(WORKER.length))])),
  };
}

function tell(name: string, text: string): void {
  const folder = environmentVariable(SUPERVISOR);
  // Workers on other machines do not see it.
  if (folder !== undefined && existsSync(folder)) writeFileSync(join(folder, name), text);
}
