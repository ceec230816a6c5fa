import {
  type Dataset,
  type Goals,
  type Split,
  Experiment,
  Linear,
  Module,
  type Random,
  Run,
  type SavedFunctions,
  type Step,
  Trained,
  TrainedSettings,
  option,
  slot,
  split,
  tf,
  value,
} from 'explab';
import { type TableBatch, TableDataset } from 'explab/tables';

/** Network that predicts a number from the features of a row. */
export abstract class Regressor extends Module {
  /** @param x float32 [n, features] @returns float32 [n] */
  abstract predict(x: tf.Tensor2D): tf.Tensor1D;
}

/** Settings of the multilayer perceptron. */
export class MLPSettings {
  /** Number of features. */
  inputs = value(1, { integer: true, min: 1 });
  /** Widths of the hidden layers. */
  hidden = value([64, 64], { integer: true, min: 1, role: 'hyperparameter' });
}

/** Multilayer perceptron: linear layers with ReLU between them. */
@option(Regressor, 'MLP', MLPSettings)
export class MLP extends Regressor {
  private readonly layers: readonly Linear[];

  constructor({ inputs, hidden }: MLPSettings) {
    super();
    const widths = [inputs, ...hidden, 1];
    this.layers = widths.slice(1).map((width, index) => new Linear(widths[index] ?? 1, width));
  }

  predict(x: tf.Tensor2D): tf.Tensor1D {
    const [last, ...hidden] = this.layers.toReversed();
    const h = hidden.reduceRight((h, layer) => tf.relu(layer.forward(h)), x);
    return tf.squeeze(last?.forward(h) ?? h, [1]);
  }
}

/** Settings of `regress`. */
export class RegressSettings extends TrainedSettings {
  /** Table to train on. */
  dataset = slot(TableDataset, 'Friedman');
  /** Network that predicts the value of a row. */
  model = slot(Regressor, 'MLP', { inputs: () => this.dataset.features.length });
  /** Fraction of the rows held out from training for evaluation after each epoch. */
  heldOut = value(0.2, { above: 0, below: 1 });
  /** Number of passes over the training rows. */
  override epochs = value(100, { integer: true, min: 1, role: 'hyperparameter' });
  /** Learning rate. */
  override learningRate = value(0.01, { min: 0, role: 'hyperparameter', dynamic: true });
}

type Inputs = Readonly<{ x: tf.Tensor2D; y: tf.Tensor1D }>;

/** Regression on a table: predicts one column from the others. */
@option(Experiment, 'regress', RegressSettings, Run)
export class Regress extends Trained<TableBatch, Inputs> {
  static override readonly goals: Goals = { ...super.goals, 'valid/loss': 'min', 'valid/error': 'min' };
  private readonly split: Split<TableBatch>;

  constructor(
    protected override readonly settings: RegressSettings,
    run: Run,
  ) {
    super(settings, run);
    this.split = split(settings.dataset, settings.heldOut, run.random.stream('split'));
  }

  protected get trainingSet(): Dataset<TableBatch> {
    return this.split.training;
  }

  protected loss(inputs: Inputs, _random: Random): tf.Scalar {
    return tf.mean(this.errors(inputs).square());
  }

  /** Tracks mean squared and mean absolute error on the held-out rows. */
  override async evaluate(): Promise<void> {
    await this.validate(this.split.heldOut, (inputs) => {
      const errors = this.errors(inputs);
      return { loss: errors.square(), error: errors.abs() };
    });
  }

  /** Function for export: the predicted values of rows, whose features are as the dataset scales them. */
  override functions(count: number): SavedFunctions {
    const { dataset, model } = this.settings;
    const x = { shape: [count, dataset.features.length], dtype: 'float32' } as const;
    const step: Step = (x) => [this.averaged(() => model.predict(x as tf.Tensor2D))];
    return { serving_default: { inputs: { x }, outputs: ['y'], step } };
  }

  private errors({ x, y }: Inputs): tf.Tensor1D {
    return tf.sub(this.settings.model.predict(x), y);
  }
}
