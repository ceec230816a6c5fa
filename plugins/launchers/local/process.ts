import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * When a process started, in whatever unit the system tells: with its number, this is a process's identity.
 * @returns undefined where there is no such process, or one that has ended and is only waiting to be collected
 */
export function startOf(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? startByProc(pid) : startByPs(pid);
}

function startByProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in brackets, may itself have spaces and brackets.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return isOver(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const told = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state, ...start] = told.split(/\s+/);
    return isOver(state) ? undefined : start.join('-').replaceAll('/', '-');
  } catch {
    return undefined;
  }
}

/** Z: a zombie; X: dead. */
function isOver(state: string | undefined): boolean {
  return state === undefined || /^[ZX]/.test(state);
}
