import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { Checkpoints } from '../../../framework/checkpoint/checkpoints';
import type { Position } from '../../../framework/checkpoint/manifest';
import type { Retention } from '../../../framework/checkpoint/retention';
import { decodeSafetensors } from '../../../framework/checkpoint/safetensors';
import { savedParameters } from '../../../framework/checkpoint/variables';
import { Conv2d } from '../../../framework/nn/conv2d';
import { Random } from '../../../framework/random/random';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import { loadTensorFlow } from '../../../framework/tensorflow/load';
import * as tf from '../../../framework/tensorflow/tf';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

const ORIGIN = { experiment: 'test', config: 'a hash', versions: {} };

const position = (step: number) => ({ step, epoch: 1, batch: 2, seed: 3 });

function model(seed: number, outputs = 2): Conv2d {
  const layer = new Conv2d(3, outputs, 1);
  layer.initialize(Random.fromSeed(seed));
  return layer;
}

const partsOf = (layer: Conv2d) => ({ model: savedParameters(layer.parameters()) });

describe('checkpoints', () => {
  before(loadTensorFlow);
  const folder = temporaryFolder();
  const engine = new EagerEngine();
  const checkpoints = () => new Checkpoints(join(folder(), 'checkpoints'), engine, () => ORIGIN);

  async function save(
    step: number,
    parts: CheckpointParts,
    rule: Partial<Retention> = {},
    metrics = {},
  ): Promise<void> {
    const set = checkpoints();
    const retention = { keep: 2, keepEvery: undefined, best: undefined, goal: undefined, ...rule };
    await set.save({ position: position(step), metrics }, parts, retention);
    await set.flush();
  }

  async function load(parts: CheckpointParts): Promise<Position> {
    const checkpoint = await checkpoints().openNewest(() => undefined);
    try {
      await checkpoint.assign(engine, parts);
      return checkpoint.manifest.position;
    } finally {
      await checkpoint.close();
    }
  }

  const file = (step: number, name = 'model.safetensors') => join(folder(), 'checkpoints', String(step), name);

  it('restore the position and every value bit-exactly', async () => {
    const [saved, restored] = [model(1), model(2)];
    await save(10, partsOf(saved));
    expect(await load(partsOf(restored))).to.deep.equal(position(10));
    expect(restored.weight.value.dataSync()).to.deep.equal(saved.weight.value.dataSync());
  });

  it("store weights with PyTorch's names and order of axes", async () => {
    const layer = model(1);
    await save(1, partsOf(layer));
    const [weight, bias] = decodeSafetensors(readFileSync(file(1)), '');
    expect([weight?.name, weight?.shape, bias?.name]).to.deep.equal(['weight', [2, 3, 1, 1], 'bias']);
    // [1, 1, 3, 2] here: input 2 of output 1 is number 2·2 + 1; there it is number 1·3 + 2.
    expect(weight?.data[5]).to.equal(layer.weight.value.dataSync()[5]);
    expect(weight?.data[1]).to.equal(layer.weight.value.dataSync()[2]);
  });

  it('hold tensors of many millions of numbers', async () => {
    // More than 2²⁴ of them, which is where JavaScript's sets end.
    const large = new Conv2d(4200, 4100, 1);
    large.initialize(Random.fromSeed(1));
    await save(1, partsOf(large));
    const before = large.weight.value.sum().dataSync()[0];
    tf.tidy(() => large.weight.state.assign(tf.zeros([1, 1, 4200, 4100])));
    await load(partsOf(large));
    expect(large.weight.value.sum().dataSync()[0]).to.equal(before);
    large.dispose();
  });

  it('are kept up to the configured number, the latest by number', async () => {
    for (const step of [8, 9, 10, 100]) await save(step, partsOf(model(1)));
    expect(checkpoints().list()).to.deep.equal([10, 100]);
  });

  it('leave no temporary files, also if the same step is saved again', async () => {
    for (let time = 0; time < 2; time++) await save(5, partsOf(model(1)));
    expect(readdirSync(join(folder(), 'checkpoints'))).to.deep.equal(['5']);
  });

  it('accept later metrics, and stay valid', async () => {
    await save(1, partsOf(model(1)), {}, { loss: 2 });
    const [set, before] = [checkpoints(), readFileSync(file(1))];
    set.amend({ position: position(1), metrics: { accuracy: 0.5 } });
    await set.flush();
    const checkpoint = await set.open(1);
    await checkpoint.close();
    expect(checkpoint.manifest.metrics).to.deep.equal({ accuracy: 0.5 });
    expect(readFileSync(file(1)).equals(before)).to.equal(true);
    expect(readdirSync(dirname(file(1))).sort()).to.deep.equal(['manifest.json', 'model.safetensors']);
  });

  it('stay unchanged if a new one cannot be written', async () => {
    await save(1, partsOf(model(1)));
    const broken = model(1);
    broken.dispose();
    await rejection(save(2, partsOf(broken)));
    expect(readdirSync(join(folder(), 'checkpoints'))).to.deep.equal(['1']);
  });

  it('hold no tensors', async () => {
    const layer = model(1);
    await save(1, partsOf(layer));
    const before = tf.memory().numTensors;
    await save(1, partsOf(layer));
    await load(partsOf(layer));
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('of a different model are refused with every difference, and nothing is loaded', async () => {
    await save(1, partsOf(model(1)));
    const other = model(2, 4);
    const before = other.bias.value.dataSync();
    const error = await rejection(load(partsOf(other)));
    expect(error)
      .to.have.property('hints')
      .that.deep.equals([
        'weight: expected [4, 3, 1, 1], got [2, 3, 1, 1] in the file',
        'bias: expected [4], got [2] in the file',
      ]);
    expect(other.bias.value.dataSync()).to.deep.equal(before);
  });

  it('that are damaged are refused by name', async () => {
    await save(1, partsOf(model(1)));
    const bytes = readFileSync(file(1));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file(1), bytes);
    expect(await rejection(load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/model\.safetensors is damaged/);
  });

  it('with trailing bytes or a missing file are refused', async () => {
    await save(1, partsOf(model(1)));
    appendFileSync(file(1), 'x');
    expect(await rejection(load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/damaged/);
    rmSync(file(1));
    expect(await rejection(load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/model\.safetensors/);
  });

  it('that do not exist are reported as such', async () => {
    expect(await rejection(load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/^There is no checkpoint in /);
    expect(existsSync(join(folder(), 'checkpoints'))).to.equal(false);
  });
});
