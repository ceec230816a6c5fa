/**
 * Takes the README's picture of TensorBoard: the scalars and images of a run, in a real browser.
 *
 *     node -r ./framework/typescript.js test/screenshots/tensorboard.ts RUN_FOLDER OUT.png [CHROMIUM]
 */
import type { Page } from 'playwright-core';
import { withTensorBoard } from './browser';

const [folder = '', out = '', chromium = '/usr/bin/chromium'] = process.argv.slice(2);

void withTensorBoard(folder, chromium, { width: 1280, height: 640 }, async (page, address) => {
  await page.goto(`${address}#timeseries`);
  await expand(page);
  await page.screenshot({ path: out });
});

/** Waits for the cards, and for the picture in the last of them. */
async function expand(page: Page): Promise<void> {
  await page.waitForSelector('card-view', { timeout: 60_000 });
  // What else there is would take the samples out of sight.
  const filter = page.getByRole('combobox', { name: 'Filter tags (regex)' });
  await filter.fill('^(loss|samples)');
  await filter.press('Escape');
  await page.waitForSelector('image-card img', { timeout: 60_000 });
  await page.locator('button', { hasText: 'Settings' }).last().click();
  await page.waitForTimeout(3000);
}
