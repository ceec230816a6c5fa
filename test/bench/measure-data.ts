/** Prints the images a second of the last epoch of a folder: `measure-data.ts FOLDER SIZE BATCH_SIZE CACHE EPOCHS`. */
import { Batches } from '../../framework/data/batches';
import { CelebA, CelebASettings } from '../../plugins/images/datasets/celeba';
import { settingsOf } from '../support/settings';

async function measure(root: string, imageSize: number, batchSize: number, cache: string, epochs: number) {
  const dataset = new CelebA(settingsOf(CelebASettings, { root, imageSize, ...({ cache } as object) }));
  await dataset.open();
  const batches = new Batches(dataset, { batchSize });
  let rate = NaN;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const begun = performance.now();
    let images = 0;
    for await (const batch of batches.epoch(epoch)) images += batch.pixels.length > 0 ? batchSize : 0;
    rate = images / ((performance.now() - begun) / 1000);
  }
  console.log(JSON.stringify(rate));
}

const [folder = '', size, batchSize, cache = 'off', epochs] = process.argv.slice(2);
void measure(folder, Number(size), Number(batchSize), cache, Number(epochs));
