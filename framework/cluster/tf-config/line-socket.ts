import type { Socket } from 'node:net';
import type { Channel } from '../channel';
import { type Message, parseMessage } from '../message';

/** Length of a message, in UTF-16 units. The largest, the settings of a run, take some thousands. */
const MAX_LENGTH = 4 * 2 ** 20;

/** Messages over a socket, a line of JSON each. A line that is too long or no message closes the socket. */
export class LineSocket implements Channel {
  /** When something was last heard, by `performance.now()`. */
  heardAt = performance.now();

  /** @param onMessage told each message @param onClose told once, when the socket is closed, whoever closed it */
  constructor(
    private readonly socket: Socket,
    private readonly onMessage: (message: Message) => void,
    onClose: () => void,
  ) {
    socket.setNoDelay(true);
    // What is wrong with a socket closes it, which is told.
    socket.on('error', () => undefined);
    socket.once('close', onClose);
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.hear(line);
      if (rest.length > MAX_LENGTH) socket.destroy();
    });
  }

  private hear(line: string): void {
    if (this.socket.destroyed) return;
    this.heardAt = performance.now();
    const message = line.length > MAX_LENGTH ? undefined : parseMessage(line);
    if (message) this.onMessage(message);
    else this.socket.destroy();
  }

  send(message: Message): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Closes it after what was sent. */
  close(): void {
    this.socket.end();
  }
}
