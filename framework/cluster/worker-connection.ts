import type { Socket } from 'node:net';
import { death, silence } from './chief-connection';
import type { Cluster } from './cluster';
import { BEAT_SECONDS, Connection, type Patience } from './connection';
import { LineSocket, type Message } from './line-socket';

/** A worker's connection with the chief, which speaks for all others. */
export class WorkerConnection extends Connection {
  private readonly chief: LineSocket;
  private readonly waiting = new Map<string, (answer: unknown) => void>();
  private readonly timer: NodeJS.Timeout;

  /** @param socket connected with the chief */
  constructor(
    cluster: Cluster,
    socket: Socket,
    private readonly patience: Patience,
  ) {
    super(cluster);
    this.chief = new LineSocket(
      socket,
      (message) => this.hear(message),
      () => this.fail(death(cluster, 0)),
    );
    const { index, addresses } = cluster;
    this.chief.send({ type: 'hello', index, addresses, clock: Date.now() });
    this.timer = setInterval(() => this.beat(), BEAT_SECONDS * 1000).unref();
  }

  async together<R>(name: string, value: unknown): Promise<R> {
    const answer = new Promise<unknown>((done) => this.waiting.set(name, done));
    this.chief.send({ type: 'value', name, value });
    return (await this.during(answer)) as R;
  }

  giveUp(word: string): void {
    this.chief.send({ type: 'end', word });
    this.close();
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.chief.close();
  }

  private hear(message: Message): void {
    if (message.type === 'end') this.fail(message.word);
    if (message.type !== 'answer') return;
    this.waiting.get(message.name)?.(message.value);
    this.waiting.delete(message.name);
  }

  private beat(): void {
    this.chief.send({ type: 'beat' });
    if (performance.now() - this.chief.heardAt > this.patience.silence * 1000)
      this.fail(silence(this.cluster, 0, this.patience));
  }
}
