/** Death of a worker, as reported by its launcher. */
export interface Death {
  readonly host: string;
  readonly pid: number;
  readonly signal: number;
}

/** Messages of MPICH's launcher itself, as opposed to output of the workers. */
const CHATTER = [
  /^=+$/,
  /^= {3}\S/,
  /^YOUR APPLICATION TERMINATED WITH/,
  /^This typically refers to a problem/,
  /^Please see the FAQ page/,
  /^\[(mpiexec|proxy)[@:]/,
  /^Ctrl-C caught\.\.\. cleaning up processes/,
  /^$/,
];

/** Parses the messages of MPICH's or Open MPI's `mpiexec` about workers that die. */
export class MpiexecOutput {
  private host = '';
  private pid = 0;
  private firstDeath: Death | undefined;

  /** The first worker that died, if any. */
  get death(): Death | undefined {
    return this.firstDeath;
  }

  /** @returns true for a message of the launcher itself */
  read(line: string): boolean {
    const [, pid, host] = /PID (\d+) RUNNING AT (\S+)/.exec(line) ?? [];
    if (pid !== undefined && host !== undefined) [this.pid, this.host] = [Number(pid), host];
    const [, signal] = /^YOUR APPLICATION TERMINATED WITH .*\(signal (\d+)\)/.exec(line) ?? [];
    if (signal !== undefined) this.recordDeath({ host: this.host, pid: this.pid, signal: Number(signal) });
    this.readOpenMpi(line);
    return CHATTER.some((each) => each.test(line));
  }

  private readOpenMpi(line: string): void {
    const [, pid, host, signal] = /with PID (\d+) on node (\S+) exited on signal (\d+)/.exec(line) ?? [];
    if (host !== undefined) this.recordDeath({ host, pid: Number(pid), signal: Number(signal) });
  }

  private recordDeath(death: Death): void {
    this.firstDeath ??= death;
  }
}
