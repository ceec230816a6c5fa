/**
 * Takes the README's picture of TensorBoard: the scalars and images of a run, in a real browser.
 *
 *     node -r @swc-node/register test/screenshots/tensorboard.ts RUN_FOLDER OUT.png [CHROMIUM]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';

const [folder = '', out = '', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);

/** Nothing is asked of the network: the browser has only TensorBoard to talk to. */
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

async function main(): Promise<void> {
  const exp = join(__dirname, '../../framework/cli/exp.js');
  const server = spawn(process.execPath, [exp, 'tensorboard', '--logdir', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const browser = await chromium.launch({ executablePath, args: QUIET });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1180 } });
    await page.goto(`${await addressOf(server)}#timeseries`);
    await expand(page);
    await page.screenshot({ path: out });
  } finally {
    await browser.close();
    server.kill();
  }
}

async function addressOf(server: ReturnType<typeof spawn>): Promise<string> {
  let told = '';
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (bytes: Buffer) => (told += bytes.toString()));
  for (;;) {
    const address = /http:\/\/\S+/.exec(told)?.[0];
    if (address !== undefined) return address;
    if (server.exitCode !== null) throw new Error(told);
    await Promise.race([once(server.stderr ?? server, 'data'), once(server, 'exit')]);
  }
}

/** Waits for the cards, and for the picture in the last of them. */
async function expand(page: Page): Promise<void> {
  await page.waitForSelector('card-view', { timeout: 60_000 });
  await page.waitForSelector('image-card img', { timeout: 60_000 });
  await page
    .locator('settings-view-component, mat-drawer')
    .getByRole('button', { name: 'close' })
    .first()
    .click()
    .catch(() => undefined);
  await page.waitForTimeout(3000);
}

void main();
