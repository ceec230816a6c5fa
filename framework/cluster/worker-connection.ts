import type { Channel } from './channel';
import type { Cluster } from './cluster';
import { HEARTBEAT_SECONDS, Connection, type Timeouts } from './connection';
import { death, silence } from './faults';
import type { Message } from './message';

/** A worker's connection with the chief, which speaks for all others. */
export class WorkerConnection extends Connection {
  private readonly waiting = new Map<string, (answer: unknown) => void>();
  private readonly timer: NodeJS.Timeout;
  private readonly chief: Channel;

  /** @param open opens the channel to the chief, whose messages and end this connection hears */
  constructor(
    cluster: Cluster,
    private readonly patience: Timeouts,
    open: (connection: WorkerConnection) => Channel,
  ) {
    super(cluster);
    this.chief = open(this);
    const { index, addresses } = cluster;
    this.chief.send({ type: 'hello', index, addresses, clock: Date.now() });
    this.timer = setInterval(() => this.beat(), HEARTBEAT_SECONDS * 1000).unref();
  }

  async gather<R>(name: string, value: unknown): Promise<R> {
    const answer = new Promise<unknown>((done) => this.waiting.set(name, done));
    this.chief.send({ type: 'value', name, value });
    return (await this.guard(answer)) as R;
  }

  abort(word: string): void {
    this.chief.send({ type: 'end', word });
    this.close();
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.chief.close();
  }

  /** Hears what the chief sends. */
  onMessage(message: Message): void {
    if (message.type === 'end') this.fail(message.word);
    if (message.type !== 'answer') return;
    this.waiting.get(message.name)?.(message.value);
    this.waiting.delete(message.name);
  }

  /** The chief's channel has ended. */
  lose(): void {
    this.fail(death(this.cluster, 0));
  }

  private beat(): void {
    const progress = this.progress?.();
    this.chief.send({ type: 'beat', ...(progress && { progress }) });
    if (performance.now() - this.chief.heardAt > this.patience.heartbeat * 1000)
      this.fail(silence(this.cluster, 0, this.patience));
  }
}
