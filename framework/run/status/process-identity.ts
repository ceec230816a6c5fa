import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from every other, also from one that has its number later. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When it started, as the system tells it; on Linux the machine's boot is part of it. */
  readonly start: string;
  /** Its PID namespace, on Linux: in another one, as in a container, its number is another process's. */
  readonly namespace?: string | undefined;
}

/** A process of this machine; its start is empty where there is none of that number. */
export function identityOf(pid: number): ProcessIdentity {
  return { host: hostname(), pid, start: startOf(pid) ?? '', namespace: pidNamespace() };
}

/**
 * Whether a process runs, or ran, where its number means something to this one: on this machine since its last start, and not in another
 * container. Machines and containers may have the same host name.
 */
export function isLocal({ host, start, namespace }: ProcessIdentity): boolean {
  if (host !== hostname() || (namespace !== undefined && namespace !== pidNamespace())) return false;
  return process.platform !== 'linux' || start.split('/')[0] === bootId();
}

/** Whether a process is still there; undefined for one of another machine, of which nothing is known. */
export function isAlive({ host, pid, start }: ProcessIdentity): boolean | undefined {
  return host === hostname() ? startOf(pid) === start : undefined;
}

/** When a process of this machine started; nothing where there is none of that number, or one that only waits to be collected. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startByProc(pid) : startByPs(pid);
}

function startByProc(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field, the program's name in brackets, may itself have spaces and brackets.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[18];
  // The time counts from the boot, so that two boots may have the same.
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
