import {
  Optimizer,
  OptimizerSettings,
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
export class AdamSettings extends OptimizerSettings {
  /** Decay rate β₁ of the mean of the gradients. */
  beta1 = value(0.9, { min: 0, below: 1 });
  /** Decay rate β₂ of the mean of the squared gradients. */
  beta2 = value(0.999, { min: 0, below: 1 });
  /** Term ε added to the denominator for numerical stability. */
  epsilon = value(1e-8, { above: 0 });
}

/** Adam's state for a parameter. */
interface Moments {
  readonly m: Variable;
  readonly v: Variable;
}

/**
 * Adam: Kingma and Ba 2014, arXiv:1412.6980, algorithm 1, as `torch.optim.Adam` computes it.
 *
 * The bias corrections 1 - βᵗ are computed from the step number, not as a running product, so that a resumed run is bit-identical.
 */
@option(Optimizer, 'Adam', AdamSettings)
export class Adam extends Optimizer {
  private readonly moments = new Map<Parameter, Moments>();

  constructor(protected readonly settings: AdamSettings) {
    super(settings);
  }

  initialize(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const m = new Variable(`${parameter.name}.exp_avg`, parameter.shape);
      const v = new Variable(`${parameter.name}.exp_avg_sq`, parameter.shape);
      for (const variable of [m, v]) variable.initialize(() => tf.fill([...parameter.shape], 0));
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

/** Settings of Adam with decoupled weight decay. */
export class AdamWSettings extends AdamSettings {
  /** Weight decay λ, multiplied by the learning rate. */
  weightDecay = value(0.01, { min: 0 });
}

/** Adam with decoupled weight decay: Loshchilov and Hutter 2017, arXiv:1711.05101, algorithm 2. */
@option(Optimizer, 'AdamW', AdamWSettings)
export class AdamW extends Adam {
  protected override readonly hasWeightDecay = true;

  constructor(protected override readonly settings: AdamWSettings) {
    super(settings);
  }

  override apply(gradients: ReadonlyMap<Parameter, tf.Tensor>, update: Update): void {
    const { weightDecay = this.settings.weightDecay } = update;
    for (const parameter of gradients.keys()) {
      // θ ← θ (1 - α λ), before the step
      tf.tidy(() => {
        const decay = tf.sub(1, tf.mul(update.learningRate, weightDecay));
        parameter.state.assign(tf.mul(parameter.value, decay));
      });
    }
    super.apply(gradients, update);
  }
}
