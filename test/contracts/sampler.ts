import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import type { Sampler, SamplerSettings, SamplerStep } from '../../plugins/diffusion/kinds/sampler';
import { zeroTerminal } from '../../plugins/diffusion/denoise-diffusion/alpha-bar';
import { walk } from '../support/walk';

const T = 100;
const IMAGE = 0.3;

/** ᾱ of a process whose β rises evenly to a fifth. */
function alphaBarOf(total: number): Float64Array {
  let product = 1;
  return Float64Array.from({ length: total }, (_, t) => (product *= 1 - (0.2 * (t + 1)) / total));
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
 */
export function itBehavesLikeASampler(make: (settings: Partial<SamplerSettings>) => Sampler): void {
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
            expect(end).to.be.closeTo(IMAGE, 1e-6);
          }
        }
      });
    }

    it('refuses more steps than there are, and reports the maximum', () => {
      expect(() => make({ steps: 11 }).steps(alphaBarOf(10)))
        .to.throw(UserError, 'sampler.steps=11: expected at most 10, the number of diffusion steps from t = 9.')
        .with.nested.property('hints[0]', 'For example: sampler.steps=10');
    });

    it('clips the image at every step, or at none, as configured', () => {
      for (const clip of [true, false]) {
        const stages = make({ clip, steps: 3 }).steps(alphaBarOf(T));
        expect(stages.map((stage) => stage.clip)).to.deep.equal(stages.map(() => clip));
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
  expect(levels[0]?.t).to.be.closeTo(last, 1e-9);
  for (const [stage, { t, alphaBar }] of levels.entries()) {
    expect(t).to.be.at.least(0);
    const before = levels[stage - 1];
    // Some ask twice at the same place.
    if (before) expect([before.t >= t, before.alphaBar <= alphaBar]).to.deep.equal([true, true]);
  }
}
