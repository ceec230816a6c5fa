import { UserError, messageOf } from '../errors';
import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import type { Channel } from './channel';
import { type Cluster, workerName } from './cluster';
import { BEAT_SECONDS, Connection, type Patience } from './connection';
import { absence, death, failure, silence } from './faults';
import type { Message } from './message';

/** The chief's connection with every other worker. */
export class ChiefConnection extends Connection {
  /** How far each worker's clock is ahead of the chief's, in milliseconds. */
  readonly clocks = new Map<number, number>();
  private readonly workers = new Map<number, Channel>();
  private readonly progresses = new Map<number, ExchangeProgress>();
  /** What was said, by what for, and by whom. */
  private readonly said = new Map<string, Map<number, unknown>>();
  private changed: () => void = () => undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    cluster: Cluster,
    private readonly patience: Patience,
  ) {
    super(cluster);
    this.timer = setInterval(() => this.beat(), BEAT_SECONDS * 1000).unref();
  }

  /** Takes a worker in. @param clock the time there, in milliseconds since 1970 */
  admit(index: number, clock: number, channel: Channel): void {
    this.clocks.set(index, clock - Date.now());
    this.workers.set(index, channel);
    this.changed();
  }

  isAdmitted(index: number): boolean {
    return this.workers.has(index);
  }

  /** Waits until every worker is there. @param hint what else to say of those who have not come @throws UserError naming them */
  async meet(hint: () => string = () => ''): Promise<void> {
    const others = this.cluster.addresses.length - 1;
    const late = setTimeout(() => this.fail(`${this.absent()}${hint()}`), this.patience.meeting * 1000);
    try {
      await this.until(() => this.workers.size === others);
    } finally {
      clearTimeout(late);
    }
  }

  /** Hears what a worker sends. */
  hear(index: number, message: Message): void {
    if (message.type === 'value') {
      this.valuesOf(message.name).set(index, message.value);
      this.changed();
    } else if (message.type === 'beat') {
      if (message.progress) this.progresses.set(index, message.progress);
    } else if (message.type === 'end') {
      this.fail(failure(this.cluster, index, message.word));
    }
  }

  /** A worker's channel has ended. */
  lose(index: number): void {
    this.fail(death(this.cluster, index));
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
    for (const channel of this.workers.values()) channel.close();
  }

  override fail(word: string): void {
    if (this.isOver || this.failed) return;
    super.fail(word);
    this.tell({ type: 'end', word });
    this.changed();
  }

  private absent(): string {
    const numbers = this.cluster.addresses.map((_, index) => index);
    const missing = numbers.filter((index) => index > 0 && !this.isAdmitted(index));
    const names = missing.map((index) => workerName(this.cluster, index)).join(', ');
    return `Not every worker has come within ${this.patience.meeting} s. Missing: ${names}.`;
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
    if (this.progress) this.checkProgress(this.progress());
  }

  private checkProgress(own: ExchangeProgress): void {
    this.progresses.set(0, own);
    // The chief alone saves, evaluates and samples between two steps.
    const isExcused = (index: number) => index === 0 && !this.isStepping;
    const missing = absence(this.cluster, this.progresses, this.patience, isExcused);
    if (missing !== undefined) this.fail(missing);
  }

  private tell(message: Message): void {
    for (const channel of this.workers.values()) channel.send(message);
  }
}
