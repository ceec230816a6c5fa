import type { Socket } from 'node:net';
import type { Channel } from '../channel';
import { type Message, parseMessage } from '../message';

/** Maximum length of a message, in UTF-16 units. The largest messages, the settings of a run, take some thousands. */
const MAX_LENGTH = 4 * 2 ** 20;

/** Messages over a socket, one line of JSON each. A line that is too long or invalid closes the socket. */
export class LineSocket implements Channel {
  /** Time of the last received line, from `performance.now()`. */
  heardAt = performance.now();

  /** @param onMessage called with each message @param onClose called once when the socket is closed from either end */
  constructor(
    private readonly socket: Socket,
    private readonly onMessage: (message: Message) => void,
    onClose: () => void,
  ) {
    socket.setNoDelay(true);
    // An error closes the socket, which is reported by onClose.
    socket.on('error', () => undefined);
    socket.once('close', onClose);
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.handleLine(line);
      if (rest.length > MAX_LENGTH) socket.destroy();
    });
  }

  private handleLine(line: string): void {
    if (this.socket.destroyed) return;
    this.heardAt = performance.now();
    const message = line.length > MAX_LENGTH ? undefined : parseMessage(line);
    if (message) this.onMessage(message);
    else this.socket.destroy();
  }

  send(message: Message): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Closes the socket after sending pending messages. */
  close(): void {
    this.socket.end();
  }
}
