import { expect } from 'chai';
import { augmented } from '../../../framework/data/augmented';
import { Augmentation } from '../../../framework/kinds/augmentation';
import type { ImageShape } from '../../../framework/kinds/image-dataset';
import { Random } from '../../../framework/random/random';

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

describe('A batch with augmentations', () => {
  const random = Random.fromSeed(1);
  const batch = { pixels: Uint8Array.from([1, 2]), labels: Int32Array.from([7, 8]) };
  const shape = [1, 1, 1] as const;

  it('has been through one after the other, and keeps its labels', () => {
    const [double, increase] = [new Adding((value) => 2 * value), new Adding((value) => value + 1)];
    const { pixels, labels } = augmented(batch, shape, [double, increase], random);
    expect([...pixels]).to.deep.equal([3, 5]);
    expect(labels).to.equal(batch.labels);
    expect([...batch.pixels]).to.deep.equal([1, 2]);
  });

  it('is as it was without any', () => {
    expect(augmented(batch, shape, [], random)).to.deep.equal(batch);
  });

  it('gives each a stream of its own, at the step', () => {
    const adding = new Adding((value) => value);
    for (const step of [1, 2, 1]) augmented(batch, shape, [adding, adding], random.at(step));
    const [first, second, other, , again, last] = adding.drawn;
    expect(new Set([first, second, other]).size).to.equal(3);
    expect([again, last]).to.deep.equal([first, second]);
  });
});
