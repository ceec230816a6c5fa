import { Batches } from '../data/batches';
import type { Source } from '../data/source';
import type { Dataset, Fingerprint } from '../kinds/dataset';
import { Experiment } from './experiment';
import type { Run } from './run';
import type { ExperimentSettings } from './settings';

/** Settings of the batches. */
interface BatchSettings extends ExperimentSettings {
  /** Number of examples per step. */
  readonly batchSize: number;
  /** Number of parts that a batch is split into; 1 by default. */
  readonly microBatches?: number;
}

/** An experiment that is trained on a dataset: on all its examples in each epoch, in another order in each. */
export abstract class DatasetExperiment<Batch> extends Experiment<Batch> {
  constructor(
    protected override readonly settings: BatchSettings,
    run: Run,
  ) {
    super(settings, run);
  }

  /** Examples to train on. */
  protected abstract readonly trainingSet: Dataset<Batch>;

  async open(): Promise<void> {
    const { trainingSet, run } = this;
    await trainingSet.open();
    await run.workers?.checkExamples(trainingSet.count);
    this.source = this.createSource(trainingSet);
  }

  /** Batches of the training set: all examples in another order in each epoch. */
  protected createSource(trainingSet: Dataset<Batch>): Source<Batch> {
    const order = this.run.random.stream('order');
    const permutation = (epoch: number) => order.at(epoch).permutation(trainingSet.count);
    const { batchSize, microBatches = 1 } = this.settings;
    return new Batches(trainingSet, { batchSize, permutation, share: this.run.shareOf(microBatches) });
  }

  override fingerprint(): Fingerprint {
    return this.trainingSet.fingerprint();
  }
}
