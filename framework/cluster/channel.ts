import type { Message } from './message';

/** Messages to and from another worker. */
export interface Channel {
  /** When something was last heard, by `performance.now()`. */
  readonly heardAt: number;
  send(message: Message): void;
  /** Closes it after what was sent. */
  close(): void;
}
