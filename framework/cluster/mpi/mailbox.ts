import { messageOf } from '../../errors';
import type { Channel } from '../channel';
import { type Message, parseMessage } from '../message';
import type { Mpi } from './mpi';

/** Polling interval for messages: MPI has no callbacks. */
const POLL_MILLISECONDS = 10;

/** Receiver of incoming messages. */
interface Listener {
  /** @param from number of the sender @param channel channel to the sender */
  onMessage(from: number, message: Message, channel: Channel): void;
  /** Called when no more messages can be received. */
  onFailure(reason: string): void;
}

/** Messages of this process over MPI. */
export class Mailbox {
  private readonly channels = new Map<number, MpiChannel>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly mpi: Mpi) {}

  /** Starts receiving. */
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
      for (let received = this.mpi.receive(); received; received = this.mpi.receive()) {
        const message = parseMessage(received.text);
        if (!message) throw new Error(`worker ${received.from} sent an invalid message: ${received.text.slice(0, 80)}`);
        const channel = this.channelTo(received.from);
        channel.heardAt = performance.now();
        listener.onMessage(received.from, message, channel);
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
