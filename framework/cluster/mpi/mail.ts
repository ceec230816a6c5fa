import { messageOf } from '../../errors';
import type { Channel } from '../channel';
import { type Message, parseMessage } from '../message';
import type { Mpi } from './mpi';

/** Milliseconds between two looks for messages: MPI calls nobody. */
const POLL_MILLISECONDS = 10;

/** Told what comes. */
interface Listener {
  /** @param from the worker's number @param channel by which to answer it */
  onMessage(from: number, message: Message, channel: Channel): void;
  /** Messages can be had no more. */
  onFailure(why: string): void;
}

/** The messages of this process, by MPI. */
export class Mail {
  private readonly channels = new Map<number, MpiChannel>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly mpi: Mpi) {}

  /** Begins to hear. */
  open(listener: Listener): void {
    this.timer = setInterval(() => this.poll(listener), POLL_MILLISECONDS);
  }

  channelTo(worker: number): MpiChannel {
    const channel = this.channels.get(worker) ?? new MpiChannel(this.mpi, worker, () => clearInterval(this.timer));
    this.channels.set(worker, channel);
    return channel;
  }

  private poll(listener: Listener): void {
    try {
      for (let mail = this.mpi.receive(); mail; mail = this.mpi.receive()) {
        const message = parseMessage(mail.text);
        if (!message) throw new Error(`worker ${mail.from} sent no message: ${mail.text.slice(0, 80)}`);
        const channel = this.channelTo(mail.from);
        channel.heardAt = performance.now();
        listener.onMessage(mail.from, message, channel);
      }
    } catch (error) {
      clearInterval(this.timer);
      listener.onFailure(messageOf(error));
    }
  }
}

class MpiChannel implements Channel {
  heardAt = performance.now();

  constructor(
    private readonly mpi: Mpi,
    private readonly worker: number,
    readonly close: () => void,
  ) {}

  send(message: Message): void {
    this.mpi.send(this.worker, JSON.stringify(message));
  }
}
