import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identity of a process, also if its PID is reused. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Start time as reported by the system; on Linux with the machine's boot id. */
  readonly start: string;
  /** PID namespace on Linux: in another one, as in a container, the PID belongs to another process. */
  readonly namespace?: string | undefined;
}

/** Identity of a process on this machine; its start is empty if there is no such process. */
export function identityOf(pid: number): ProcessIdentity {
  return { host: hostname(), pid, start: startOf(pid) ?? '', namespace: pidNamespace() };
}

/**
 * True if a process runs, or ran, in the same PID namespace and since the same boot as this one. Machines and containers may have the same
 * host name.
 */
export function isLocal({ host, start, namespace }: ProcessIdentity): boolean {
  if (host !== hostname() || (namespace !== undefined && namespace !== pidNamespace())) return false;
  return process.platform !== 'linux' || start.split('/')[0] === bootId();
}

/** True if a process still exists; undefined for a process on another machine. */
export function isAlive({ host, pid, start }: ProcessIdentity): boolean | undefined {
  return host === hostname() ? startOf(pid) === start : undefined;
}

/** Start time of a process on this machine; undefined if it does not exist or is a zombie. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startByProc(pid) : startByPs(pid);
}

function startByProc(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field, the program's name in parentheses, may itself contain spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[18];
  // The time is relative to the boot, so it is not unique without the boot id.
  return isOver(state) ? undefined : [bootId(), ticks].join('/');
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const args = ['-o', 'stat=,lstart=', '-p', String(pid)];
    const stdout = execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return isOver(state) ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/** Z is a zombie, X is dead. */
function isOver(state: string | undefined): boolean {
  return state === undefined || /^[ZX]/.test(state);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
