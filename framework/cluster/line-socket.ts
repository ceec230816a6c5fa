import type { Socket } from 'node:net';

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

/** Length of a message, in UTF-16 units. The largest, the settings of a run, take some thousands. */
const MAX_LENGTH = 4 * 2 ** 20;

/** Messages over a socket, a line of JSON each. A line that is too long or no message closes the socket. */
export class LineSocket {
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

/** Whether the fields of each type of message are what they should be. */
const CHECKS: Readonly<Record<Message['type'], (fields: Readonly<Record<string, unknown>>) => boolean>> = {
  hello: ({ index, addresses, clock }) =>
    Number.isInteger(index) &&
    Number.isFinite(clock) &&
    Array.isArray(addresses) &&
    addresses.every((address) => typeof address === 'string'),
  beat: () => true,
  value: ({ name }) => typeof name === 'string',
  answer: ({ name }) => typeof name === 'string',
  end: ({ word }) => typeof word === 'string',
};

/** @returns undefined for a line that is no message */
export function parseMessage(line: string): Message | undefined {
  try {
    const message = JSON.parse(line) as Message | null;
    return message && Object.hasOwn(CHECKS, message.type) && CHECKS[message.type]({ ...message }) ? message : undefined;
  } catch {
    return undefined;
  }
}
