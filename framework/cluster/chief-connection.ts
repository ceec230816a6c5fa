import type { Server, Socket } from 'node:net';
import { UserError, messageOf } from '../errors';
import { type Cluster, workerName } from './cluster';
import { BEAT_SECONDS, Connection, type Patience } from './connection';
import { proveSecret } from './handshake';
import { LineSocket, type Message } from './line-socket';

/** The chief's connection with every other worker. */
export class ChiefConnection extends Connection {
  /** How far each worker's clock is ahead of the chief's, in milliseconds. */
  readonly clocks = new Map<number, number>();
  private readonly workers = new Map<number, LineSocket>();
  /** What was said, by what for, and by whom. */
  private readonly said = new Map<string, Map<number, unknown>>();
  private changed: () => void = () => undefined;
  private readonly timer: NodeJS.Timeout;
  /** Connections that are not a worker's, or not yet. */
  private readonly strangers = new Set<Socket>();
  private hasRefused = false;

  /**
   * @param server listens at the chief's address
   * @param secret what a worker proves that it knows
   */
  constructor(
    cluster: Cluster,
    private readonly server: Server,
    private readonly secret: string,
    private readonly patience: Patience,
  ) {
    super(cluster);
    server.on('connection', (socket) => void this.receive(socket));
    this.timer = setInterval(() => this.beat(), BEAT_SECONDS * 1000).unref();
  }

  /** Waits until every worker is there, and listens no more. @throws UserError naming those who have not come */
  async meet(): Promise<void> {
    const others = this.cluster.addresses.length - 1;
    const late = setTimeout(() => this.fail(this.absent()), this.patience.meeting * 1000);
    try {
      await this.until(() => this.workers.size === others);
    } finally {
      clearTimeout(late);
      this.server.close();
      for (const socket of this.strangers) socket.destroy();
    }
  }

  private async receive(socket: Socket): Promise<void> {
    this.strangers.add(socket);
    socket.once('close', () => this.strangers.delete(socket));
    if (!(await proveSecret(socket, this.secret, 'chief'))) {
      this.hasRefused = true;
      return;
    }
    let index: number | undefined;
    const line = new LineSocket(
      socket,
      (message) => {
        if (index !== undefined) {
          this.hear(index, message);
          return;
        }
        index = this.admit(message, line);
        if (index === undefined) line.close();
        else this.strangers.delete(socket);
      },
      () => index !== undefined && this.fail(death(this.cluster, index)),
    );
  }

  async together<T, R>(name: string, value: T, answer: (values: readonly T[]) => R): Promise<R> {
    const values = this.valuesOf(name).set(0, value);
    await this.until(() => values.size === this.cluster.addresses.length);
    this.said.delete(name);
    try {
      const made = answer(this.cluster.addresses.map((_, index) => values.get(index) as T));
      this.tell({ type: 'answer', name, value: made });
      return made;
    } catch (error) {
      this.giveUp(error instanceof UserError ? error.text : messageOf(error));
      throw error;
    }
  }

  giveUp(word: string): void {
    this.tell({ type: 'end', word });
    this.close();
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.server.close();
    for (const line of this.workers.values()) line.close();
  }

  protected override fail(word: string): void {
    if (this.isOver || this.failed) return;
    super.fail(word);
    this.tell({ type: 'end', word });
    this.changed();
  }

  /** @returns the number of the worker that says who it is */
  private admit(message: Message, line: LineSocket): number | undefined {
    if (message.type !== 'hello') return undefined;
    const { index, addresses } = message;
    const refusal = this.refusalOf(index, addresses);
    if (refusal !== undefined) {
      line.send({ type: 'end', word: refusal });
      this.fail(refusal);
      return undefined;
    }
    this.clocks.set(index, message.clock - Date.now());
    this.workers.set(index, line);
    this.changed();
    return index;
  }

  private refusalOf(index: number, addresses: readonly string[]): string | undefined {
    const own = this.cluster.addresses;
    if (addresses.join() !== own.join()) {
      return `The workers disagree on the cluster: worker ${index} has ${addresses.join(', ')}, and the chief has ${own.join(', ')}.`;
    }
    if (index <= 0 || index >= own.length) return `Two processes say that they are worker ${index}.`;
    return this.workers.has(index) ? `Two processes say that they are ${workerName(this.cluster, index)}.` : undefined;
  }

  private hear(index: number, message: Message): void {
    if (message.type === 'value') {
      this.valuesOf(message.name).set(index, message.value);
      this.changed();
    } else if (message.type === 'end') {
      this.fail(`${capitalized(workerName(this.cluster, index))} has failed: ${message.word}`);
    }
  }

  private valuesOf(name: string): Map<number, unknown> {
    const known = this.said.get(name) ?? new Map<number, unknown>();
    this.said.set(name, known);
    return known;
  }

  /** Waits until something is so, looking whenever somebody has said something. */
  private until(isSo: () => boolean): Promise<void> {
    const waiting = new Promise<void>((done) => {
      this.changed = () => isSo() && done();
      this.changed();
    });
    return this.during(waiting);
  }

  private beat(): void {
    this.tell({ type: 'beat' });
    const now = performance.now();
    const silent = [...this.workers].find(([, { heardAt }]) => now - heardAt > this.patience.silence * 1000);
    if (silent) this.fail(silence(this.cluster, silent[0], this.patience));
  }

  private tell(message: Message): void {
    for (const line of this.workers.values()) line.send(message);
  }

  private absent(): string {
    const missing = this.cluster.addresses
      .map((_, index) => index)
      .filter((index) => index > 0 && !this.workers.has(index));
    const names = missing.map((index) => workerName(this.cluster, index)).join(', ');
    const hint = this.hasRefused ? ' A connection did not prove the secret: do all workers have the same one?' : '';
    return `Not every worker has come within ${this.patience.meeting} s. Missing: ${names}.${hint}`;
  }
}

export function death(cluster: Cluster, index: number): string {
  return `${capitalized(workerName(cluster, index))} has died: its connection has ended.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function silence(cluster: Cluster, index: number, patience: Patience): string {
  return `Nothing was heard of ${workerName(cluster, index)} for ${patience.silence} s: it hangs or cannot be reached.`;
}
