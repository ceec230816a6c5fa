import { expect } from 'chai';
import { augmented } from '../../../../plugins/images/data/augmented';
import { Batches, type Shard } from '../../../../framework/data/batches';
import { Augmentation } from '../../../../plugins/images/kinds/augmentation';
import { type ImageBatch, ImageDataset, type ImageShape } from '../../../../plugins/images/kinds/image-dataset';
import { Random } from '../../../../framework/random/random';

/** Adds what it is told to, and remembers what it drew. */
class Adding extends Augmentation {
  readonly drawn: number[] = [];

  constructor(private readonly change: (value: number) => number) {
    super();
  }

  augment(pixels: Uint8Array, _: ImageShape, random: Random): Uint8Array {
    this.drawn.push(random.fraction());
    return pixels.map(this.change);
  }
}

/** Adds a draw of each image's own to every byte of it. */
class Jittering extends Augmentation {
  augment(pixels: Uint8Array, [height, width, channels]: ImageShape, random: Random): Uint8Array {
    const size = height * width * channels;
    const draws = random.uniforms((2 * pixels.length) / size);
    return pixels.map((value, position) => value + 100 * draws[2 * Math.floor(position / size) + (position % 2)]!);
  }
}

/** Eight grey images of two pixels, whose labels are their numbers. */
class Numbered extends ImageDataset {
  readonly shape: ImageShape = [1, 2, 1];
  readonly count = 8;

  open(): Promise<void> {
    return Promise.resolve();
  }

  read(indices: ArrayLike<number>): Promise<ImageBatch> {
    return Promise.resolve({ pixels: new Uint8Array(2 * indices.length).fill(100), labels: Int32Array.from(indices) });
  }
}

describe('A batch with augmentations', () => {
  const random = Random.fromSeed(1);
  const batch = { pixels: Uint8Array.from([1, 2]), labels: Int32Array.from([7, 8]) };
  const shape = [1, 1, 1] as const;

  it('passes through all in order, and keeps its labels', () => {
    const [double, increase] = [new Adding((value) => 2 * value), new Adding((value) => value + 1)];
    const { pixels, labels } = augmented(batch, shape, [double, increase], random);
    expect([...pixels]).to.deep.equal([3, 5]);
    expect(labels).to.equal(batch.labels);
    expect([...batch.pixels]).to.deep.equal([1, 2]);
  });

  it('is unchanged without any', () => {
    expect(augmented(batch, shape, [], random)).to.deep.equal(batch);
  });

  it('gives each a separate stream, at the step', () => {
    const adding = new Adding((value) => value);
    for (const step of [1, 2, 1]) augmented(batch, shape, [adding, adding], random.at(step));
    const [first, second, other, , again, last] = adding.drawn;
    expect(new Set([first, second, other]).size).to.equal(3);
    expect([again, last]).to.deep.equal([first, second]);
  });

  for (const parts of [1, 2]) {
    it(`has the same images if two workers have its shards, in ${parts} parts`, async () => {
      const augmentations = [new Jittering(), new Jittering()];
      const varied = async (share?: Shard): Promise<Map<number, string>> => {
        const batches = new Batches(new Numbered(), { batchSize: 8, share });
        const { value } = await batches.epoch(0).next();
        const { pixels, labels = [] } = augmented(
          value as ImageBatch,
          [1, 2, 1],
          augmentations,
          random,
          batches.shards,
        );
        return new Map(
          [...labels].map((label, position) => [label, pixels.subarray(2 * position, 2 * position + 2).join()]),
        );
      };
      const whole = await varied();
      const shares = await Promise.all([0, 1].map((index) => varied({ index, count: 2, parts })));
      expect(shares.map(({ size }) => size)).to.deep.equal([4, 4]);
      expect(new Map(shares.flatMap((share) => [...share]))).to.have.all.keys([...whole.keys()]);
      for (const share of shares) for (const [image, bytes] of share) expect(bytes).to.equal(whole.get(image));
      expect(new Set(whole.values()).size).to.be.above(4);
    });
  }
});
