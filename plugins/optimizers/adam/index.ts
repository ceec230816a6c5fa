import { inject } from 'inversify';
import {
  Optimizer,
  type OptimizerVariable,
  type Parameter,
  type Update,
  Variable,
  applyAdam,
  option,
  tf,
  value,
} from 'explab';

/** Settings of Adam; the defaults are the paper's. */
export class AdamSettings {
  /** β₁: how slowly the mean of the gradients forgets. */
  beta1 = value(0.9, { min: 0, max: 1 });
  /** β₂: how slowly the mean of their squares forgets. */
  beta2 = value(0.999, { min: 0, max: 1 });
  /** ε: keeps the division finite. */
  epsilon = value(1e-8, { min: 0 });
}

/** What Adam remembers of a parameter. */
interface Moments {
  readonly m: Variable;
  readonly v: Variable;
}

/**
 * Adam: Kingma and Ba 2014, arXiv:1412.6980, algorithm 1, as `torch.optim.Adam` computes it.
 *
 * The corrections 1 - βᵗ come from the step's number each time, not from a running product, so that a resumed run has the same bits.
 */
@option(Optimizer, 'Adam', AdamSettings)
export class Adam extends Optimizer {
  private readonly moments = new Map<Parameter, Moments>();

  constructor(@inject(AdamSettings) private readonly settings: AdamSettings) {
    super();
  }

  initialize(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const m = new Variable(`${parameter.name}.exp_avg`, parameter.shape);
      const v = new Variable(`${parameter.name}.exp_avg_sq`, parameter.shape);
      for (const variable of [m, v]) tf.tidy(() => variable.assign(tf.zeros([...parameter.shape])));
      this.moments.set(parameter, { m, v });
    }
  }

  get variables(): OptimizerVariable[] {
    return [...this.moments].flatMap(([parameter, { m, v }]) => [m, v].map((variable) => ({ variable, parameter })));
  }

  apply(gradients: ReadonlyMap<Parameter, tf.Tensor>, update: Update): void {
    const { beta1, beta2, epsilon } = this.settings;
    const options = { beta1, beta2, epsilon };
    for (const [parameter, gradient] of gradients) {
      const moments = this.moments.get(parameter);
      if (!moments) throw new Error(`Adam was not initialized for ${parameter.name}`);
      tf.tidy(() => applyAdam(parameter.state, gradient, { ...moments, ...options, ...update }));
    }
  }
}
