import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What workers tell each other. */
export type Message =
  /** Who is speaking, and what time it is there, in milliseconds since 1970: the first message of a worker. */
  | { readonly type: 'hello'; readonly index: number; readonly addresses: readonly string[]; readonly clock: number }
  /** That the process lives. */
  | { readonly type: 'beat' }
  /** A value of the sender for what all come together for. */
  | { readonly type: 'value'; readonly name: string; readonly value: unknown }
  /** The chief's answer to the values of all. */
  | { readonly type: 'answer'; readonly name: string; readonly value: unknown }
  /** What ended the run. */
  | { readonly type: 'end'; readonly word: string };

/** Messages over a socket, a line of JSON each. */
export class LineSocket {
  /** When something was last heard, by `performance.now()`. */
  heardAt = performance.now();

  /** @param onMessage told each message @param onClose told once, when the socket is closed, whoever closed it */
  constructor(
    private readonly socket: Socket,
    onMessage: (message: Message) => void,
    onClose: () => void,
  ) {
    socket.setNoDelay(true);
    // What is wrong with a socket closes it, which is told.
    socket.on('error', () => undefined);
    socket.once('close', onClose);
    createInterface({ input: socket })
      .on('line', (line) => {
        this.heardAt = performance.now();
        const message = parsed(line);
        if (message) onMessage(message);
        else socket.destroy();
      })
      .on('error', () => undefined);
  }

  send(message: Message): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Closes it after what was sent. */
  close(): void {
    this.socket.end();
  }
}

/** Nothing for what another program sends that has found the port. */
function parsed(line: string): Message | undefined {
  try {
    const message = JSON.parse(line) as Partial<Message> | null;
    return typeof message?.type === 'string' ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
