/** Prints the images a second of the second epoch of a folder: `measure-data.ts FOLDER SIZE BATCH_SIZE CACHE`. */
import { Batches } from '../../framework/data/batches';
import { CelebA, CelebASettings } from '../../plugins/images/datasets/celeba';
import { settingsOf } from '../support/settings';

async function measure(settings: Partial<CelebASettings>, batchSize: number): Promise<void> {
  const dataset = new CelebA(settingsOf(CelebASettings, settings));
  await dataset.open();
  const batches = new Batches(dataset, { batchSize });
  let rate = NaN;
  for (let epoch = 0; epoch < 2; epoch++) {
    const begun = performance.now();
    let images = 0;
    for await (const batch of batches.epoch(epoch)) images += batch.pixels.length > 0 ? batchSize : 0;
    rate = images / ((performance.now() - begun) / 1000);
  }
  console.log(JSON.stringify(rate));
}

const [root = '', size, batchSize, cache] = process.argv.slice(2);
const settings = { root, imageSize: Number(size), cache: cache as CelebASettings['cache'] };
void measure(settings, Number(batchSize));
