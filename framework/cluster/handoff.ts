import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariable } from '../util/environment-variable';

/** Variable with the folder in which workers announce themselves and their run to the process that supervises them. */
export const SUPERVISOR = 'EXPLAB_SUPERVISOR';

const RUN = 'run';
const EXIT_CODE = 'exit-code';
const WORKER = 'worker-';

/** Announcements of the workers. */
export interface Handoff {
  /** The folder of the run, once it has one. */
  readonly run: string | undefined;
  /** Exit code of the chief, if it exited by itself. */
  readonly exitCode: number | undefined;
  /** Worker number by process id. */
  readonly workers: ReadonlyMap<number, number>;
}

/** Announces which worker this process is. @param index its number */
export function announceWorker(index: number): void {
  announce(`${WORKER}${index}`, String(process.pid));
}

/** Announces the folder of the run. */
export function announceRun(folder: string): void {
  announce(RUN, folder);
}

/** Announces the exit code of the chief: launchers combine the exit codes of all workers, each by its own rule. */
export function announceExitCode(code: number): void {
  announce(EXIT_CODE, String(code));
}

/** @param folder value of SUPERVISOR */
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

function announce(name: string, text: string): void {
  const folder = environmentVariable(SUPERVISOR);
  // Workers on other machines do not see it.
  if (folder !== undefined && existsSync(folder)) writeFileSync(join(folder, name), text);
}
