/**
 * Takes a picture of TensorBoard's Graphs tab, in a real browser: the graph of a run's training step, some of its parts opened.
 *
 *     node -r ./framework/typescript.js test/screenshots/graph.ts RUN_FOLDER OUT.png [PART,...] [TAG] [CHROMIUM]
 *
 * A part is a path without the name of the program: `UNet`, `UNet/down.0`. With a tag, `step 13`, parts are coloured by their time.
 */
import type { Page } from 'playwright-core';
import { withTensorBoard } from './browser';

const [folder = '', out = '', parts = 'UNet', tag = '', chromium = '/usr/bin/chromium'] = process.argv.slice(2);

void withTensorBoard(folder, chromium, { width: 1280, height: 1180 }, async (page, address) => {
  await page.goto(`${address}#graphs`);
  const program = page.locator('g.node[data-name^="train"]').first();
  await program.waitFor({ timeout: 60_000 });
  if (tag !== '') await colourByTime(page);
  const name = (await program.getAttribute('data-name')) ?? '';
  for (const part of ['', ...parts.split(',').map((path) => `/${path}`)]) await open(page, name + part);
  await page.getByText('Fit to screen').click();
  await page.evaluate('getSelection().removeAllRanges()');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: out });
});

async function colourByTime(page: Page): Promise<void> {
  await page.locator('tf-graph-controls #select').last().click();
  await page.getByText(tag, { exact: true }).last().click();
  await page.getByText('Compute time').click();
}

async function open(page: Page, name: string): Promise<void> {
  await page.locator(`g.node[data-name="${name}"] .nodeshape`).first().dblclick({ force: true });
  // The parts move to their places.
  await page.waitForTimeout(4000);
}
