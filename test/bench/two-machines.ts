import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../framework/util/temporary-folder';

/** What two workers of this machine are started in, so that they see each other over a network of some rate. */
export interface Machines {
  /** Of the n-th worker. */
  readonly hosts: readonly string[];
  /** The network's name on each. */
  readonly device: string;
  /** How `mpiexec` starts a worker on each. */
  readonly mpiexec: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** What stands before the command of the n-th worker. */
  readonly prefix: (index: number) => readonly string[];
  readonly remove: () => void;
}

/** The loopback of this machine. */
export const ONE_MACHINE: Machines = {
  hosts: ['127.0.0.1', '127.0.0.1'],
  device: 'lo',
  mpiexec: { args: [], env: {} },
  prefix: () => [],
  remove: () => undefined,
};

/**
 * Two network namespaces of Linux, joined by a cable: their processes reach each other by it alone. Needs root, `ip` and `tc`.
 * @param rate of each direction, as tc writes it: 4gbit
 */
export function twoMachines(rate: string): Machines {
  const names = [0, 1].map((index) => `explab-${process.pid}-${index}`);
  const [first = '', second = ''] = names;
  const hosts = ['10.99.0.1', '10.99.0.2'];
  const device = 'cable';
  const folder = makeTemporaryFolder('explab-machines-');
  const remove = () => {
    rmSync(folder, { recursive: true });
    for (const name of names) ip('netns', 'del', name);
  };
  for (const name of names) ip('netns', 'add', name);
  try {
    ip('link', 'add', device, 'netns', first, 'type', 'veth', 'peer', 'name', device, 'netns', second);
    for (const [index, name] of names.entries()) {
      ip('-n', name, 'addr', 'add', `${hosts[index] ?? ''}/24`, 'dev', device);
      for (const each of ['lo', device]) ip('-n', name, 'link', 'set', each, 'up');
      const shape = ['rate', rate, 'burst', '1mb', 'latency', '100ms'];
      execFileSync('tc', ['-n', name, 'qdisc', 'add', 'dev', device, 'root', 'tbf', ...shape]);
    }
  } catch (error) {
    remove();
    throw error;
  }
  const mpiexec = { args: launcherArguments(folder, names, hosts), env: ONLY_TCP };
  return { hosts, device, mpiexec, prefix: (index) => ['ip', 'netns', 'exec', names[index] ?? ''], remove };
}

/** MPI would find out that both are one machine, and use its memory. */
const ONLY_TCP = { UCX_TLS: 'tcp,self', MPIR_CVAR_NOLOCAL: '1' };

/** Has `mpiexec` reach the n-th host, as it does others by SSH, in the n-th network namespace. */
function launcherArguments(folder: string, names: readonly string[], hosts: readonly string[]): string[] {
  const script = join(folder, 'rsh');
  const cases = hosts.map((host, index) => `  ${host}) name=${names[index] ?? ''} ;;`);
  const lines = ['#!/bin/sh', 'while [ "${1#-}" != "$1" ]; do shift; done', 'case $1 in', ...cases, 'esac', 'shift'];
  writeFileSync(script, [...lines, 'exec ip netns exec "$name" sh -c "$*"', ''].join('\n'), { mode: 0o700 });
  return ['-launcher', 'rsh', '-launcher-exec', script, '-hosts', hosts.join(), '-localhost', hosts[0] ?? ''];
}

function ip(...argv: string[]): void {
  execFileSync('ip', argv);
}
