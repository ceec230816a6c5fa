import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const hello = (index: unknown, addresses: unknown) =>
  `${JSON.stringify({ type: 'hello', index, addresses, clock: 0 })}\n`;

/** What somebody who does not know the secret sends to the port of the workers. */
export const STRANGERS: readonly [what: string, bytesOf: (addresses: readonly string[]) => string | Buffer][] = [
  ['nothing', () => ''],
  ['a hello without addresses', () => '{"type":"hello","index":1}\n'],
  ['a hello with the right addresses', (addresses) => hello(1, addresses)],
  ['a hello, and values', (addresses) => `${hello(1, addresses)}{"type":"value","name":"the task","value":null}\n`],
  ['a hello with an index out of range', (addresses) => hello(7, addresses)],
  ['a hello with other addresses', () => hello(1, ['10.0.0.1:1', '10.0.0.2:1'])],
  ['a hello whose index is a text', (addresses) => hello('1', addresses)],
  ['a hello whose index is 0.5', (addresses) => hello(0.5, addresses)],
  ['the end of the run', () => '{"type":"end","word":"stop"}\n'],
  ['HTTP', () => 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['null', () => 'null\n'],
  ['zeros', () => Buffer.alloc(64)],
  ['a line of 8 MB without an end', () => Buffer.alloc(8 * 2 ** 20, 'x')],
];

/** Connects with an address, `host:port`, as soon as somebody listens there. @throws Error where nobody does for a second */
export async function connected(address: string, milliseconds = 1000): Promise<Socket> {
  const [host = '', port] = address.split(':');
  for (const until = performance.now() + milliseconds; ;) {
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
      return socket.on('error', () => undefined);
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(10);
    }
  }
}
