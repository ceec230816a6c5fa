import { strict as assert } from 'node:assert';
import { UserError } from 'explab';
import { currentRunner } from 'explab/testing';
import type { Sampler, SamplerSettings, SamplerStep } from '../kinds/sampler';
import { walk } from './walk';

const T = 100;
const IMAGE = 0.3;

/** ᾱ of a process whose β rises evenly to a fifth. */
function alphaBarOf(total: number): Float64Array {
  let product = 1;
  return Float64Array.from({ length: total }, (_, t) => (product *= 1 - (0.2 * (t + 1)) / total));
}

/** ᾱ that ends at 0: √ᾱ shifted, and scaled to begin where it did. */
function zeroTerminal(alphaBar: Float64Array): Float64Array {
  const [first = NaN, last = NaN] = [alphaBar[0], alphaBar.at(-1)].map((each) => Math.sqrt(each ?? NaN));
  return alphaBar.map((each) => ((first * (Math.sqrt(each) - last)) / (first - last)) ** 2);
}

/** Where a way begins: ᾱ, and in how many steps it is gone. */
const BEGINNINGS: Readonly<Record<string, [alphaBar: Float64Array, steps: readonly (number | undefined)[]]>> = {
  'the last step': [alphaBarOf(T), [undefined, 1, 7, T]],
  'the middle': [alphaBarOf(T).subarray(0, 41), [undefined, 1, 7]],
  'the first step': [alphaBarOf(T).subarray(0, 1), [undefined, 1]],
  // In one step it would be the network's x̂_0, of which ε says nothing there.
  'noise alone': [zeroTerminal(alphaBarOf(T)), [undefined, 2, 7]],
};

/**
 * What holds for every sampler; a plugin's test calls it within its own `describe`.
 * @param make one with these settings
 * @param runner by default the one whose functions are global, or node:test
 */
export function itBehavesLikeASampler(
  make: (settings: Partial<SamplerSettings>) => Sampler,
  { describe, it } = currentRunner(),
): void {
  describe('as a sampler', () => {
    for (const [from, [alphaBar, steps]] of Object.entries(BEGINNINGS)) {
      const ways = (): SamplerStep[][] => steps.map((steps) => make({ steps, clip: false }).steps(alphaBar));

      it(`starts at ${from}, with decreasing noise levels`, () => {
        for (const stages of ways()) expectLessNoise(stages, alphaBar.length - 1);
      });

      it(`ends at the image of a perfect network, from ${from}, whatever noise is drawn`, () => {
        for (const stages of ways()) {
          for (const x of [-1.5, 0.2, 2]) {
            const end = walk(stages, x, knowing, (stage) => Math.sin(stage + 1)).at(-1);
            assertClose(end, IMAGE, 1e-6);
          }
        }
      });
    }

    it('refuses more steps than there are, and reports the maximum', () => {
      assert.throws(
        () => make({ steps: 11 }).steps(alphaBarOf(10)),
        (error) =>
          error instanceof UserError &&
          error.message === 'sampler.steps=11: expected at most 10, the number of diffusion steps from t = 9.' &&
          error.hints[0] === 'For example: sampler.steps=10',
      );
    });

    it('clips the image at every step, or at none, as configured', () => {
      for (const clip of [true, false]) {
        const stages = make({ clip, steps: 3 }).steps(alphaBarOf(T));
        const clipped = stages.map((stage) => stage.clip);
        assert.deepEqual(
          clipped,
          clipped.map(() => clip),
        );
      }
    });
  });
}

/** ε by a network that knows the image. */
function knowing(x: number, alphaBar: number): number {
  return (x - Math.sqrt(alphaBar) * IMAGE) / Math.sqrt(1 - alphaBar);
}

function expectLessNoise(stages: readonly SamplerStep[], last: number): void {
  const levels = stages.map(({ level }) => level);
  assertClose(levels[0]?.t, last, 1e-9);
  for (const [stage, { t, alphaBar }] of levels.entries()) {
    assert.ok(t >= 0, `t = ${t}`);
    const before = levels[stage - 1];
    // Some ask twice at the same place.
    if (before) assert.ok(before.t >= t && before.alphaBar <= alphaBar, `level ${stage} has more noise than the last`);
  }
}

function assertClose(actual: number | undefined, expected: number, tolerance: number): void {
  const isClose = actual !== undefined && Math.abs(actual - expected) <= tolerance;
  assert.ok(isClose, `expected ${expected} ± ${tolerance}, got ${actual ?? 'nothing'}`);
}
