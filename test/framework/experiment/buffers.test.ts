import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from '../../../framework/checkpoint/safetensors';
import { slot } from '../../../framework/config/declare/declare';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { ArrayDataset } from '../../../framework/data/array-dataset';
import type { ArrayRecord, NdArray, TensorsOf } from '../../../framework/data/array-record';
import { Experiment } from '../../../framework/experiment/experiment';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import { Trained, TrainedSettings } from '../../../framework/experiment/trained';
import { exportWeights } from '../../../framework/experiment/weights/export-weights';
import { importWeights } from '../../../framework/experiment/weights/import-weights';
import { BatchNorm } from '../../../framework/nn/batch-norm';
import { Linear } from '../../../framework/nn/linear';
import { Module } from '../../../framework/nn/module';
import type { RunFolder } from '../../../framework/run/run-folder';
import * as tf from '../../../framework/tensorflow/tf';
import { Adam } from '../../../plugins/optimizers/adam';
import { Constant } from '../../../plugins/schedules/constant';
import { JSONLTracker } from '../../../plugins/trackers/jsonl';
import { ingredientsOf, metricsOf } from '../../support/run-options';
import { sharedFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

type Rows = ArrayRecord & Readonly<{ x: NdArray }>;
type Inputs = TensorsOf<Rows>;

/** Eight rows of two numbers. */
class Waves extends ArrayDataset<Rows> {
  protected load(): Rows {
    return { x: { shape: [8, 2], data: Float32Array.from({ length: 16 }, (_, i) => 3 * Math.sin(1.7 * i) + 1) } };
  }
}

abstract class Network extends Module {
  abstract forward(x: tf.Tensor, training: boolean): tf.Tensor;
}

class Nothing {}

@option(Network, 'Normalized', Nothing)
class Normalized extends Network {
  private readonly linear = new Linear(2, 2);
  private readonly norm = new BatchNorm(2);

  forward(x: tf.Tensor, training: boolean): tf.Tensor {
    return this.norm.forward(this.linear.forward(x), training);
  }
}

class Settings extends TrainedSettings {
  model = slot(Network, 'Normalized');
}

/** Learns to predict a row from itself. */
@option(Experiment, 'normalized', Settings, Run)
class NormalizedExperiment extends Trained<Rows, Inputs> {
  protected readonly trainingSet = new Waves();

  constructor(
    protected override readonly settings: Settings,
    run: Run,
  ) {
    super(settings, run);
  }

  protected loss({ x }: Inputs): tf.Scalar {
    return tf.mean(tf.square(tf.sub(this.settings.model.forward(x, true), x)));
  }

  override async evaluate(): Promise<void> {
    await this.validate(this.trainingSet, ({ x }) => ({
      loss: tf.mean<tf.Tensor1D>(tf.square(tf.sub(this.settings.model.forward(x, false), x)), 1),
    }));
  }
}

describe('The buffers of a model', () => {
  withTensorFlow();
  const runs = sharedFolder();
  const registry = new Registry();
  registry.add({ NormalizedExperiment, Normalized, Adam, Constant, JSONLTracker }, 'normalized.ts');

  const optionsOf = (...args: string[]) => {
    const settings = ['trackers=[JSONL]', 'batchSize=4', 'microBatches=2', 'ema=0.9', 'epochs=2', ...args];
    return { ...ingredientsOf('diffuse', []), registry, name: 'normalized', overrides: parseOverrides(settings) };
  };
  const arraysIn = (path: string): NamedArray[] => decodeSafetensors(readFileSync(path), path);
  const saved = ({ checkpoints }: RunFolder, step: number, part: string) =>
    arraysIn(join(checkpoints, String(step), `${part}.safetensors`));
  const buffersIn = (arrays: readonly NamedArray[]) => arrays.filter(({ name }) => name.startsWith('norm.running_'));

  let whole: RunFolder;
  before(async () => {
    whole = (await startRun(optionsOf(), runs())).folder;
  });

  it('are saved with its parameters and copied to their average', () => {
    const buffers = buffersIn(saved(whole, 4, 'model'));
    expect(buffers.map(({ name, shape }) => [name, shape])).to.deep.equal([
      ['norm.running_mean', [2]],
      ['norm.running_var', [2]],
    ]);
    expect(buffersIn(saved(whole, 4, 'ema'))).to.deep.equal(buffers);
    expect([...buffers[1]!.data]).not.to.deep.equal([1, 1]);
  });

  it('are resumed to the same bits', async () => {
    const part = (await startRun(optionsOf('maxSteps=1'), runs())).folder;
    const changes = parseOverrides(['maxSteps=1000']);
    await resumeRun({ ...optionsOf(), overrides: [...optionsOf().overrides, ...changes] }, part, { changes });
    for (const name of ['model', 'ema', 'optimizer']) expect(saved(part, 4, name)).to.deep.equal(saved(whole, 4, name));
    expect(metricsOf(part).at(-1)!['valid/loss']).to.equal(metricsOf(whole).at(-1)!['valid/loss']);
  });

  it('are exported, and imported also from a file of PyTorch, which counts batches', async () => {
    const file = join(runs(), 'model.safetensors');
    await exportWeights({ run: whole }, { out: file, raw: true }, optionsOf().monitor);
    const arrays = arraysIn(file);
    expect(arrays).to.deep.equal(saved(whole, 4, 'model'));
    writeFileSync(file, withBatchCount(arrays));
    const imported = await importWeights(optionsOf(), runs(), file);
    expect(saved(imported, 0, 'model')).to.deep.equal(arrays);
    expect(saved(imported, 0, 'ema')).to.deep.equal(arrays);
  });
});

/** A file with another array: an int64 scalar, 4. */
function withBatchCount(arrays: readonly NamedArray[]): Buffer {
  const count = { name: 'norm.num_batches_tracked', shape: [2], data: new Float32Array(2) };
  const bytes = Buffer.concat(encodeSafetensors([...arrays, count]));
  const length = Number(bytes.readBigUInt64LE());
  const header = bytes.toString('utf8', 8, 8 + length);
  const changed = header.replace(/("norm\.num_batches_tracked":\{"dtype":)"F32","shape":\[2\]/, '$1"I64","shape":[]');
  bytes.writeBigInt64LE(4n, bytes.length - 8);
  expect(changed).not.to.equal(header);
  return Buffer.concat([bytes.subarray(0, 8), Buffer.from(changed.padEnd(length)), bytes.subarray(8 + length)]);
}
