import { expect } from 'chai';
import { option } from '../../../../framework/config/declare/option';
import { Batches } from '../../../../framework/data/batches';
import { readSources } from '../../../../plugins/images/data/image-source';
import { Subset } from '../../../../framework/data/split';
import { UserError } from '../../../../framework/errors';
import { type ImageBatch, ImageDataset, type ImageShape } from '../../../../plugins/images/kinds/image-dataset';
import { rejection } from '../../../support/rejection';

/** Images of one pixel in three classes; what it gives can be replaced. */
@option(ImageDataset, 'Plugin')
class Plugin extends ImageDataset {
  count = 6;
  shape: ImageShape = [1, 1, 1];
  override classes: number | undefined = 3;
  labels: ArrayLike<number> | undefined = [0, 1, 2, 0, 1, 2];
  pixelsOf = (indices: ArrayLike<number>): ArrayLike<number> => new Uint8Array(indices.length);
  labelsOf = (indices: ArrayLike<number>): ArrayLike<number> | undefined =>
    this.labels && Array.from(indices, (index) => this.labels?.[index] ?? NaN);

  open(): Promise<void> {
    return Promise.resolve();
  }

  read(indices: ArrayLike<number>): Promise<ImageBatch> {
    return Promise.resolve({ pixels: this.pixelsOf(indices), labels: this.labelsOf(indices) } as ImageBatch);
  }
}

const backwards = () => [5, 4, 3, 2, 1, 0];

async function refusalOf(dataset: ImageDataset): Promise<string> {
  const batches = () => new Batches(dataset, { batchSize: 2, permutation: backwards }).epoch(0).next();
  const error = await rejection(Promise.resolve().then(batches));
  expect(error).to.be.an.instanceOf(UserError);
  return (error as UserError).message;
}

describe('images as they are read', () => {
  const LABELS: [string, ArrayLike<number>, string][] = [
    ['beyond the classes', [0, 1, 2, 1, 3, 2], 'label of image 4: expected an integer from 0 to 2, got 3'],
    ['below 0', [0, 1, 2, 1, 2, -1], 'label of image 5: expected an integer from 0 to 2, got -1'],
    [
      'that is a bigint',
      [0, 1, 2, 0, 1n, 2] as unknown as number[],
      'label of image 4: expected an integer from 0 to 2, got 1n (a bigint)',
    ],
    ['that is fractional', [0, 1, 2, 1, 1.5, 2], 'label of image 4: expected an integer from 0 to 2, got 1.5'],
  ];
  for (const [fault, labels, message] of LABELS) {
    it(`are refused with a label ${fault}, naming dataset, image and label`, async () => {
      expect(await refusalOf(Object.assign(new Plugin(), { labels }))).to.equal(`ImageDataset Plugin: ${message}.`);
    });
  }

  it('are refused without labels, or with a different number of labels, if the dataset has classes', async () => {
    const labelled = (labelsOf: Plugin['labelsOf']) => refusalOf(Object.assign(new Plugin(), { labelsOf }));
    expect(await labelled(() => undefined)).to.match(/labels: expected 2, one for each image, got none\.$/);
    expect(await labelled(() => [1, 2, 0])).to.match(/labels: expected 2, one for each image, got 3\.$/);
  });

  it('are refused if their number of bytes does not match the shape', async () => {
    const painted = (pixelsOf: Plugin['pixelsOf']) => refusalOf(Object.assign(new Plugin(), { pixelsOf }));
    expect(await painted(() => new Uint8Array(3))).to.match(/pixels: expected 2 bytes for 2 images of 1×1×1, got 3\.$/);
    expect(await painted(() => new Float32Array(2))).to.match(/pixels: expected a Uint8Array, got Float32Array\.$/);
  });

  it('are refused if they are not bytes', async () => {
    for (const [pixels, got] of [
      [undefined, 'undefined'],
      [[0, 0], 'Array'],
    ] as const)
      expect(await refusalOf(Object.assign(new Plugin(), { pixelsOf: () => pixels }))).to.equal(
        `ImageDataset Plugin: pixels: expected a Uint8Array, got ${got}.`,
      );
  });

  it('are refused if the dataset has a count, shape or classes that are not valid integers', async () => {
    const described = (numbers: Partial<Plugin>) => refusalOf(Object.assign(new Plugin(), numbers));
    expect(await described({ count: 5.5 })).to.match(/count: expected an integer of at least 0, got 5\.5\.$/);
    expect(await described({ classes: 2.5 })).to.match(/classes: expected an integer of at least 1, got 2\.5\.$/);
    expect(await described({ shape: [8, 8, 0] })).to.match(/shape: expected .*, got \[8, 8, 0\]\.$/);
  });

  it('are named by their index in the whole dataset if a part of it is read', async () => {
    const whole = Object.assign(new Plugin(), { labels: [0, 1, 2, 7, 1, 2] });
    const part = new Subset(whole, () => [1, 3]);
    await part.open();
    const error = await rejection(new Batches(part, { batchSize: 2 }).epoch(0).next());
    expect(String(error)).to.include('ImageDataset Plugin: label of image 3');
  });

  it('are also checked if they are read singly', async () => {
    const dataset = Object.assign(new Plugin(), { labels: [0, 9] });
    expect(String(await rejection(readSources(dataset, [1])))).to.include('label of image 1');
  });

  it('may have any labels, or none, if the dataset has no classes', async () => {
    const dataset = Object.assign(new Plugin(), { classes: undefined, labels: [9, 9, 9, 9, 9, -9] });
    const { value } = await new Batches(dataset, { batchSize: 2, permutation: backwards }).epoch(0).next();
    expect(value?.labels).to.deep.equal([-9, 9]);
  });
});
