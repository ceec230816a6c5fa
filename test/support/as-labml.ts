import { expect } from 'chai';
import type { Engine } from '../../framework/tensorflow/engine';
import { largestError } from './close';
import type { Common, LabmlNetwork, Summary, Variant } from './labml';

/**
 * How many times as far from the exact result as PyTorch's float32 ours may be: two ways to round the same sums differ by as much
 * as each is off, and one frozen case is no maximum.
 */
const TIMES_PYTORCH = 8;

/** By which losses near 1 may be off in any case: PyTorch's few may all be rounded well by luck. 16 roundings of float32. */
const LOSS = 16 * 2 ** -24;

/** What labml_unet.py says of a network, to be expected of ours. */
export class AsLabml {
  private readonly lossTolerance: number;

  constructor(
    private readonly variant: Variant,
    private readonly small: Common['small'],
  ) {
    this.lossTolerance = Math.max(TIMES_PYTORCH * variant.float32.losses, LOSS);
  }

  /** The same output. */
  expectOutput(network: LabmlNetwork): void {
    expect(largestError(network.output(), this.variant.output)).to.be.below(
      TIMES_PYTORCH * this.variant.float32.output,
    );
  }

  /** The same loss, and the same gradient of every parameter that has one. */
  async expectGradients(network: LabmlNetwork, engine: Engine): Promise<void> {
    const { losses, parameters, float32 } = this.variant;
    const { loss, gradients } = await network.gradients(engine);
    expect(loss).to.be.closeTo(losses[0]!, this.lossTolerance);
    for (const { name, gradient } of parameters) {
      const found = gradients.get(name);
      expect(found === undefined, `${name} is not used`).to.equal(gradient === null);
      if (!found || !gradient) continue;
      const error = errorOf(found, gradient, this.small.gradient);
      expect(error, name).to.be.below(TIMES_PYTORCH * float32.gradient);
    }
  }

  /** The same losses and the same change of every parameter, over the updates by Adam. */
  async expectUpdates(network: LabmlNetwork, engine: Engine): Promise<void> {
    const { losses: exact, parameters, float32 } = this.variant;
    const { losses, changes } = await network.train(engine);
    expect(largestError(losses, exact.slice(1))).to.be.below(this.lossTolerance);
    for (const [index, { name, change }] of parameters.entries()) {
      if (change === null) continue;
      const error = errorOf(changes[index]!, change, this.small.change);
      expect(error, name).to.be.below(TIMES_PYTORCH * float32.change);
    }
  }
}

/** How far a summary is from the exact one, as labml_unet.py measures: what is nearly nothing may be off by more of itself. */
function errorOf(found: Summary, exact: Summary, small: number): number {
  return Math.max(...exact.map((wanted, i) => Math.abs(found[i]! - wanted))) / (exact[0]! + small);
}
