import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';

/** Nothing is asked of the network: the browser has only TensorBoard to talk to. */
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** The window of the browser, in pixels. */
interface Viewport {
  readonly width: number;
  readonly height: number;
}

/**
 * Starts the real TensorBoard on a folder of runs, and a real browser.
 * @param executablePath of the browser
 * @param look is told TensorBoard's address
 */
export async function withTensorBoard(
  folder: string,
  executablePath: string,
  viewport: Viewport,
  look: (page: Page, address: string) => Promise<void>,
): Promise<void> {
  const exp = join(__dirname, '../../framework/cli/exp.js');
  const server = spawn(process.execPath, [exp, 'tensorboard', '--logdir', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const browser = await chromium.launch({ executablePath, args: QUIET });
  try {
    await look(await browser.newPage({ viewport }), await addressOf(server));
  } finally {
    await browser.close();
    server.kill();
  }
}

async function addressOf(server: ReturnType<typeof spawn>): Promise<string> {
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (bytes: Buffer) => (output += bytes.toString()));
  for (;;) {
    const address = /http:\/\/\S+/.exec(output)?.[0];
    if (address !== undefined) return address;
    if (server.exitCode !== null) throw new Error(output);
    await Promise.race([once(server.stderr ?? server, 'data'), once(server, 'exit')]);
  }
}
