/** How a worker died, as its launcher tells. */
export interface Death {
  readonly host: string;
  readonly pid: number;
  readonly signal: number;
}

/** What MPICH's launcher says of itself, which is no output of the workers'. */
const NOISE = [
  /^=+$/,
  /^= {3}\S/,
  /^YOUR APPLICATION TERMINATED WITH/,
  /^This typically refers to a problem/,
  /^Please see the FAQ page/,
  /^\[(mpiexec|proxy)[@:]/,
  /^Ctrl-C caught\.\.\. cleaning up processes/,
  /^$/,
];

/** Reads what MPICH's or Open MPI's `mpiexec` prints of workers that die. */
export class MpiexecOutput {
  private host = '';
  private pid = 0;
  private found: Death | undefined;

  /** The first worker that has died. */
  get death(): Death | undefined {
    return this.found;
  }

  /** @returns whether a line is the launcher's own */
  read(line: string): boolean {
    const [, pid, host] = /PID (\d+) RUNNING AT (\S+)/.exec(line) ?? [];
    if (pid !== undefined && host !== undefined) [this.pid, this.host] = [Number(pid), host];
    const [, signal] = /^YOUR APPLICATION TERMINATED WITH .*\(signal (\d+)\)/.exec(line) ?? [];
    if (signal !== undefined) this.keep({ host: this.host, pid: this.pid, signal: Number(signal) });
    this.readOpenMpi(line);
    return NOISE.some((noise) => noise.test(line));
  }

  private readOpenMpi(line: string): void {
    const [, pid, host, signal] = /with PID (\d+) on node (\S+) exited on signal (\d+)/.exec(line) ?? [];
    if (host !== undefined) this.keep({ host, pid: Number(pid), signal: Number(signal) });
  }

  private keep(death: Death): void {
    this.found ??= death;
  }
}
