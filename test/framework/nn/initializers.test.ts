import { expect } from 'chai';
import { Conv2d } from '../../../framework/nn/conv2d';
import { ConvTranspose2d } from '../../../framework/nn/conv-transpose2d';
import { GroupNorm } from '../../../framework/nn/group-norm';
import { type Initializer, kaimingUniform, normal, xavierUniform } from '../../../framework/nn/initializers';
import { Linear } from '../../../framework/nn/linear';
import type { Module } from '../../../framework/nn/module';
import { Random } from '../../../framework/random/random';
import { momentsOf, numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';
import { weightsOf } from '../../support/weights';

describe('The initial values of parameters', () => {
  withTensorFlow();

  function initialized(module: Module): Map<string, number[]> {
    module.initialize(Random.fromSeed(1));
    const weights = weightsOf(module);
    module.dispose();
    return weights;
  }

  // torch.nn.init._calculate_fan_in_and_fan_out takes the second axis of a weight times its kernel: 100, 4·3·3 and, for the transposed
  // convolution, whose second axis is the outputs, 25·4·4.
  const layers: [name: string, make: () => Module, fanIn: number][] = [
    ['Linear', () => new Linear(100, 400), 100],
    ['Conv2d', () => new Conv2d(4, 400, 3), 36],
    ['ConvTranspose2d', () => new ConvTranspose2d(9, 25), 400],
  ];

  for (const [name, make, fanIn] of layers) {
    it(`are uniform between ±1/√${fanIn} in a ${name}`, () => {
      const weights = initialized(make());
      const bound = 1 / Math.sqrt(fanIn);
      const weight = weights.get('weight')!;
      const { mean, deviation } = momentsOf(weight);
      expect(Math.min(...weight)).to.be.within(-bound, -0.995 * bound);
      expect(Math.max(...weight)).to.be.within(0.995 * bound, bound);
      expect(mean).to.be.closeTo(0, 0.03 * bound);
      // The deviation of a uniform distribution is its bound / √3.
      expect(deviation).to.be.closeTo(bound / Math.sqrt(3), 0.02 * bound);
      const bias = weights.get('bias')!;
      expect(Math.max(...bias.map(Math.abs))).to.be.within(0.8 * bound, bound);
    });
  }

  it('are ones and zeros in a GroupNorm', () => {
    const weights = initialized(new GroupNorm(1, 3));
    expect(weights.get('weight')).to.deep.equal([1, 1, 1]);
    expect(weights.get('bias')).to.deep.equal([0, 0, 0]);
  });

  // √(6 / (fanIn + fanOut)) and √(6 / fanIn): torch.nn.init.xavier_uniform_ and kaiming_uniform_ with their default gains.
  const uniform: [name: string, initializer: Initializer, bound: number][] = [
    ['xavierUniform', xavierUniform(100, 50), 0.2],
    ['kaimingUniform', kaimingUniform(150), 0.2],
  ];

  for (const [name, initializer, bound] of uniform) {
    it(`are uniform between ±${bound} by ${name}`, () => {
      const numbers = numbersOf(initializer([100, 100], Random.fromSeed(1)));
      expect(Math.min(...numbers)).to.be.within(-bound, -0.995 * bound);
      expect(Math.max(...numbers)).to.be.within(0.995 * bound, bound);
      expect(momentsOf(numbers).deviation).to.be.closeTo(bound / Math.sqrt(3), 0.02 * bound);
    });
  }

  it('have the standard deviation of normal', () => {
    const { mean, deviation } = momentsOf(numbersOf(normal(0.02)([100, 100], Random.fromSeed(1))));
    expect(mean).to.be.closeTo(0, 0.001);
    expect(deviation).to.be.closeTo(0.02, 0.0005);
  });
});
