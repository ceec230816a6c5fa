import type { Channel } from './channel';
import type { Cluster } from './cluster';
import { HEARTBEAT_SECONDS, Connection, type Timeouts } from './connection';
import { connectionClosedMessage, heartbeatTimeoutMessage } from './failure-messages';
import type { Message } from './message';

/** A worker's connection to the chief, which represents all others. */
export class WorkerConnection extends Connection {
  private readonly waiting = new Map<string, (answer: unknown) => void>();
  private readonly timer: NodeJS.Timeout;
  private readonly chief: Channel;

  /** @param open opens the channel to the chief and forwards its messages and its end to this connection */
  constructor(
    cluster: Cluster,
    private readonly timeouts: Timeouts,
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

  abort(reason: string): void {
    this.chief.send({ type: 'end', reason });
    this.close();
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.chief.close();
  }

  /** Handles a message of the chief. */
  onMessage(message: Message): void {
    if (message.type === 'end') this.fail(message.reason);
    if (message.type !== 'answer') return;
    this.waiting.get(message.name)?.(message.value);
    this.waiting.delete(message.name);
  }

  /** Handles the end of the chief's channel. */
  onClose(): void {
    this.fail(connectionClosedMessage(this.cluster, 0));
  }

  private beat(): void {
    const progress = this.progress?.();
    this.chief.send({ type: 'beat', ...(progress && { progress }) });
    if (performance.now() - this.chief.heardAt > this.timeouts.heartbeat * 1000)
      this.fail(heartbeatTimeoutMessage(this.cluster, 0, this.timeouts));
  }
}
