import { UserError, messageOf } from '../errors';
import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import type { Channel } from './channel';
import { type Cluster, workerName } from './cluster';
import { HEARTBEAT_SECONDS, Connection, type Timeouts } from './connection';
import {
  exchangeTimeoutMessage,
  connectionClosedMessage,
  workerFailedMessage,
  heartbeatTimeoutMessage,
} from './failure-messages';
import type { Message } from './message';

/** The chief's connection to all other workers. */
export class ChiefConnection extends Connection {
  /** Offset of each worker's clock from the chief's, in milliseconds. */
  readonly clocks = new Map<number, number>();
  private readonly workers = new Map<number, Channel>();
  private readonly progresses = new Map<number, ExchangeProgress>();
  /** Values to gather: by name, then by worker. */
  private readonly values = new Map<string, Map<number, unknown>>();
  private changed: () => void = () => undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    cluster: Cluster,
    private readonly timeouts: Timeouts,
  ) {
    super(cluster);
    this.timer = setInterval(() => this.beat(), HEARTBEAT_SECONDS * 1000).unref();
  }

  /** Adds a worker. @param clock the worker's time, in milliseconds since 1970 */
  accept(index: number, clock: number, channel: Channel): void {
    this.clocks.set(index, clock - Date.now());
    this.workers.set(index, channel);
    this.changed();
  }

  isAccepted(index: number): boolean {
    return this.workers.has(index);
  }

  /** Waits until all workers have connected. @param hint text to append to the error @throws UserError naming the missing workers */
  async waitForWorkers(hint: () => string = () => ''): Promise<void> {
    const others = this.cluster.addresses.length - 1;
    const late = setTimeout(() => this.fail(`${this.missingWorkers()}${hint()}`), this.timeouts.rendezvous * 1000);
    try {
      await this.until(() => this.workers.size === others);
    } finally {
      clearTimeout(late);
    }
  }

  /** Handles a message of a worker. */
  onMessage(index: number, message: Message): void {
    if (message.type === 'value') {
      this.valuesOf(message.name).set(index, message.value);
      this.changed();
    } else if (message.type === 'beat') {
      if (message.progress) this.progresses.set(index, message.progress);
    } else if (message.type === 'end') {
      this.fail(workerFailedMessage(this.cluster, index, message.reason));
    }
  }

  /** Handles the end of a worker's channel. */
  onClose(index: number): void {
    this.fail(connectionClosedMessage(this.cluster, index));
  }

  async gather<T, R>(name: string, value: T, answer: (values: readonly T[]) => R): Promise<R> {
    const values = this.valuesOf(name).set(0, value);
    await this.until(() => values.size === this.cluster.addresses.length);
    this.values.delete(name);
    try {
      const result = answer(this.cluster.addresses.map((_, index) => values.get(index) as T));
      this.sendToAll({ type: 'answer', name, value: result });
      return result;
    } catch (error) {
      this.abort(error instanceof UserError ? error.text : messageOf(error));
      throw error;
    }
  }

  abort(reason: string): void {
    this.sendToAll({ type: 'end', reason });
    this.close();
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    for (const channel of this.workers.values()) channel.close();
  }

  override fail(reason: string): void {
    if (this.isOver || this.failed) return;
    super.fail(reason);
    this.sendToAll({ type: 'end', reason });
    this.changed();
  }

  private missingWorkers(): string {
    const numbers = this.cluster.addresses.map((_, index) => index);
    const missing = numbers.filter((index) => index > 0 && !this.isAccepted(index));
    const names = missing.map((index) => workerName(this.cluster, index)).join(', ');
    return `Timed out after ${this.timeouts.rendezvous} s waiting for workers. Missing: ${names}.`;
  }

  private valuesOf(name: string): Map<number, unknown> {
    const known = this.values.get(name) ?? new Map<number, unknown>();
    this.values.set(name, known);
    return known;
  }

  /** Waits until a condition holds, checking it after every change. */
  private until(condition: () => boolean): Promise<void> {
    const waiting = new Promise<void>((done) => {
      this.changed = () => condition() && done();
      this.changed();
    });
    return this.guard(waiting);
  }

  private beat(): void {
    this.sendToAll({ type: 'beat' });
    const now = performance.now();
    const silent = [...this.workers].find(([, { heardAt }]) => now - heardAt > this.timeouts.heartbeat * 1000);
    if (silent) this.fail(heartbeatTimeoutMessage(this.cluster, silent[0], this.timeouts));
    if (this.progress) this.checkProgress(this.progress());
  }

  private checkProgress(own: ExchangeProgress): void {
    this.progresses.set(0, own);
    // The chief alone saves, evaluates and samples between two steps.
    const isExcused = (index: number) => index === 0 && !this.isStepping;
    const missing = exchangeTimeoutMessage(this.cluster, this.progresses, this.timeouts, isExcused);
    if (missing !== undefined) this.fail(missing);
  }

  private sendToAll(message: Message): void {
    for (const channel of this.workers.values()) channel.send(message);
  }
}
