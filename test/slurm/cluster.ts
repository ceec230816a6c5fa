import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS_PROGRAMS, accountsConfig, keeperConfig, makeDatabase } from './accounts';

/** What a cluster is made of, from Debian's packages slurm-wlm and munge. */
const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'srun', 'squeue', 'scancel', 'scontrol', 'sinfo'];
/** Where daemons lie, which is not in every user's PATH. */
const PATH = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter);

/** Addresses of loopback for names, so that workers find each other by them. */
export const NODES = ['127.0.0.1', '127.0.0.2'];
/** More than the machine has: the jobs of the tests wait more than they compute. */
export const CPUS = 4;

/** What a cluster has beside machines. */
export interface ClusterOptions {
  /** Whether a database keeps what came of each job. */
  readonly accounts?: boolean;
  /** How many jobs an array can have. */
  readonly largestArray?: number;
}

/** A real Slurm on loopback: a controller, two machines and munge, all on this one, in a folder of their own. */
export class Cluster {
  private readonly daemons: ChildProcess[] = [];
  /** Nothing of it outlives this process, however that ends. */
  private readonly end = (signal?: unknown): void => {
    for (const daemon of this.daemons) daemon.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
    if (typeof signal === 'string') process.exit(1);
  };
  private readonly folder = mkdtempSync(join(tmpdir(), 'explab-slurm-'));

  private constructor(private readonly options: ClusterOptions) {}

  /** @throws Error saying what is missing and how to get it */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const missing = [...PROGRAMS, ...(options.accounts ? ACCOUNTS_PROGRAMS : [])].filter(
      (program) => !isThere(program),
    );
    if (missing.length > 0) {
      throw new Error(
        `These tests need programs that are missing: ${missing.join(', ')}.
On Debian: apt-get install slurm-wlm munge slurmdbd mariadb-server-core mariadb-client-core`,
      );
    }
    const cluster = new Cluster(options);
    try {
      await cluster.start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The variable by which Slurm's programs find it. */
  get environment(): { SLURM_CONF: string } {
    return { SLURM_CONF: join(this.folder, 'slurm.conf') };
  }

  /** Runs a program of Slurm's. */
  ask(program: string, ...args: string[]): string {
    return execFileSync(program, args, {
      env: { ...process.env, ...this.environment },
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }

  private async start(): Promise<void> {
    // Others must come to munge's socket, and see only that.
    chmodSync(this.folder, 0o755);
    for (const name of ['state', 'spool', 'log']) mkdirSync(join(this.folder, name));
    writeFileSync(join(this.folder, 'munge.key'), randomBytes(64), { mode: 0o400 });
    const [keeper = 0, database = 0, ...ports] = await freePorts(3 + NODES.length);
    const { accounts, largestArray = 1000 } = this.options;
    const config = [
      configOf(this.folder, ports),
      `MaxArraySize=${largestArray + 1}`,
      accounts ? accountsConfig(this.folder, keeper) : 'AccountingStorageType=accounting_storage/none',
    ];
    writeFileSync(join(this.folder, 'slurm.conf'), config.join('\n'));
    // Files that stand for GPUs: what asks for some is scheduled, and cannot compute on them.
    writeFileSync(join(this.folder, 'gres.conf'), `Name=gpu File=${this.folder}/gpu[0-1]\n`);
    for (const gpu of ['gpu0', 'gpu1']) writeFileSync(join(this.folder, gpu), '');
    const file = (name: string) => join(this.folder, name);
    const files = [
      `--socket=${file('munge.socket')}`,
      `--key-file=${file('munge.key')}`,
      `--pid-file=${file('munged.pid')}`,
      `--log-file=${file('log/munged')}`,
      `--seed-file=${file('munged.seed')}`,
    ];
    for (const event of ['exit', 'SIGTERM', 'SIGHUP']) process.once(event, this.end);
    this.daemon('munged', ['--foreground', '--force', ...files]);
    await until('munge answers', () => isThere(file('munge.socket'), constants.R_OK));
    if (accounts) await this.startAccounts(keeper, database);
    this.daemon('slurmctld', ['-D']);
    for (const node of NODES) this.daemon('slurmd', ['-D', '-N', node]);
    await until(
      'the machines are idle',
      () =>
        this.ask('sinfo', '--noheader', '--partition=main', '--states=idle', '--format=%D') === String(NODES.length),
    );
  }

  private async startAccounts(port: number, database: number): Promise<void> {
    this.daemon('mariadbd', makeDatabase(this.folder, database, PATH));
    await until('the database answers', () => isThere(join(this.folder, 'mariadb.socket'), constants.R_OK));
    writeFileSync(join(this.folder, 'slurmdbd.conf'), keeperConfig(this.folder, [port, database]), { mode: 0o600 });
    this.daemon('slurmdbd', ['-D']);
    await until('accounts are kept', () => this.answers('sacctmgr', '--immediate', 'add', 'cluster', CLUSTER), 60);
  }

  private answers(program: string, ...args: string[]): boolean {
    try {
      this.ask(program, ...args);
      return true;
    } catch {
      return false;
    }
  }

  private daemon(program: string, args: readonly string[]): void {
    const log = openSync(join(this.folder, 'log', `${program}-${this.daemons.length}`), 'a');
    const env = { ...process.env, ...this.environment, PATH };
    this.daemons.push(spawn(program, args, { env, stdio: ['ignore', log, log] }));
  }

  /** Ends what it has started, by its own processes' numbers. */
  async stop(): Promise<void> {
    if (this.daemons.length > 1) await this.cancelAll().catch(() => undefined);
    for (const daemon of [...this.daemons].reverse()) {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      if (daemon.exitCode !== null) continue;
      daemon.kill('SIGTERM');
      await Promise.race([ended, sleep(10_000).then(() => daemon.kill('SIGKILL'))]);
    }
    for (const event of ['exit', 'SIGTERM', 'SIGHUP']) process.off(event, this.end);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends every job at once. */
  async cancelAll(): Promise<void> {
    this.ask('scancel', '--signal=KILL', '--full', '--user', userInfo().username);
    this.ask('scancel', '--user', userInfo().username);
    await until('no job is left', () => this.ask('squeue', '--noheader') === '');
  }

  /** What the daemons have written down. */
  log(program: string): string {
    return readFileSync(join(this.folder, 'log', program), 'utf8');
  }
}

const CLUSTER = 'test';

function configOf(folder: string, [controller = 0, ...ports]: readonly number[]): string {
  const { username } = userInfo();
  const host = hostname().split('.')[0] ?? '';
  const common = `CPUs=${CPUS} RealMemory=4000 Gres=gpu:2 State=UNKNOWN`;
  return `
ClusterName=${CLUSTER}
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
# A job that is queued again starts when its credential has expired, which takes two minutes otherwise.
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0,bf_interval=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
GresTypes=gpu
JobAcctGatherType=jobacct_gather/none
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/%n.pid
${NODES.map((node, index) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[index] ?? 0} ${common}`).join('\n')}
PartitionName=main Nodes=${NODES.join(',')} Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=${NODES.join(',')} MaxTime=INFINITE State=UP PriorityTier=2
`;
}

/** Ports that are free, all at the same time. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => listening(server)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function listening(server: Server): Promise<void> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', done);
  });
}

export async function until(what: string, isSo: () => boolean, seconds = 300): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!isSo()) {
    await sleep(100);
    if (Date.now() > end) throw new Error(`It took longer than ${seconds} s until ${what}.`);
  }
}

function isThere(program: string, mode = constants.X_OK): boolean {
  const paths = program.includes('/') ? [program] : PATH.split(delimiter).map((folder) => join(folder, program));
  return paths.some((index) => {
    try {
      accessSync(index, mode);
      return true;
    } catch {
      return false;
    }
  });
}
