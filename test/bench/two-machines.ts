import { execFileSync } from 'node:child_process';

/** What two workers of this machine are started in, so that they see each other over a network of some rate. */
export interface Machines {
  /** Of the n-th worker. */
  readonly hosts: readonly string[];
  /** The network's name on each. */
  readonly device: string;
  /** What stands before the command of the n-th worker. */
  readonly prefix: (index: number) => readonly string[];
  readonly remove: () => void;
}

/** The loopback of this machine. */
export const ONE_MACHINE: Machines = {
  hosts: ['127.0.0.1', '127.0.0.1'],
  device: 'lo',
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
  const remove = () => {
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
  return { hosts, device, prefix: (index) => ['ip', 'netns', 'exec', names[index] ?? ''], remove };
}

function ip(...words: string[]): void {
  execFileSync('ip', words);
}
