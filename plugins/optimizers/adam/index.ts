import { inject } from 'inversify';
import { Optimizer, type OptimizerVariable, type Parameter, type Update, Variable, option, tf, value } from 'explab';

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
    for (const [parameter, gradient] of gradients) {
      const moments = this.moments.get(parameter);
      if (!moments) throw new Error(`Adam was not initialized for ${parameter.name}`);
      tf.tidy(() => this.applyTo(parameter, gradient, moments, update));
    }
  }

  private applyTo(parameter: Parameter, g: tf.Tensor, { m, v }: Moments, { step: t, learningRate }: Update): void {
    const { beta1, beta2, epsilon } = this.settings;
    // m_t = β₁ m_{t-1} + (1 - β₁) g,  v_t = β₂ v_{t-1} + (1 - β₂) g²
    m.assign(m.value.mul(beta1).add(g.mul(1 - beta1)));
    v.assign(v.value.mul(beta2).add(g.square().mul(1 - beta2)));
    // θ_t = θ_{t-1} - α m̂ / (√v̂ + ε), where m̂ = m_t / (1 - β₁ᵗ) and v̂ = v_t / (1 - β₂ᵗ)
    const stepSize = learningRate / (1 - beta1 ** t);
    const denominator = v.value
      .sqrt()
      .div(Math.sqrt(1 - beta2 ** t))
      .add(epsilon);
    parameter.state.assign(parameter.value.sub(m.value.div(denominator).mul(stepSize)));
  }
}
