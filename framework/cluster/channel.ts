import type { Message } from './message';

/** Channel for messages to and from another worker. */
export interface Channel {
  /** Time of the last received message, from `performance.now()`. */
  readonly heardAt: number;
  send(message: Message): void;
  /** Closes the channel after sending pending messages. */
  close(): void;
}
