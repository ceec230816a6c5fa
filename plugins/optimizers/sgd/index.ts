import {
  Optimizer,
  OptimizerSettings,
  type OptimizerVariable,
  type Parameter,
  type Update,
  Variable,
  applyMomentum,
  option,
  tf,
  value,
} from 'explab';

/** Settings of stochastic gradient descent. */
export class SGDSettings extends OptimizerSettings {
  /** Momentum μ. */
  momentum = value(0.9, { min: 0, below: 1 });
  /** Nesterov momentum. */
  nesterov = value(false);
}

/** Stochastic gradient descent with momentum, as `torch.optim.SGD` computes it. */
@option(Optimizer, 'SGD', SGDSettings)
export class SGD extends Optimizer {
  private readonly velocities = new Map<Parameter, Variable>();

  constructor(private readonly settings: SGDSettings) {
    super(settings);
  }

  initialize(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const velocity = new Variable(`${parameter.name}.momentum_buffer`, parameter.shape);
      velocity.initialize(() => tf.fill([...parameter.shape], 0));
      this.velocities.set(parameter, velocity);
    }
  }

  get variables(): OptimizerVariable[] {
    return [...this.velocities].map(([parameter, variable]) => ({ parameter, variable }));
  }

  apply(gradients: ReadonlyMap<Parameter, tf.Tensor>, { learningRate }: Update): void {
    const { momentum, nesterov } = this.settings;
    for (const [parameter, gradient] of gradients) {
      const velocity = this.velocities.get(parameter);
      if (!velocity) throw new Error(`SGD was not initialized for ${parameter.name}`);
      tf.tidy(() => applyMomentum(parameter.state, gradient, { velocity, momentum, nesterov, learningRate }));
    }
  }
}
