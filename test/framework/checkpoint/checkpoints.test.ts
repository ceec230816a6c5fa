import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Checkpoints } from '../../../framework/checkpoint/checkpoints';
import { decodeSafetensors } from '../../../framework/checkpoint/safetensors';
import { savedParameters } from '../../../framework/checkpoint/variables';
import { Conv2d } from '../../../framework/nn/conv2d';
import { Random } from '../../../framework/random/random';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import { loadTensorFlow } from '../../../framework/tensorflow/load';
import * as tf from '../../../framework/tensorflow/tf';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

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
  const checkpoints = () => new Checkpoints(join(folder(), 'checkpoints'), new EagerEngine());
  const file = (step: number, name = 'model.safetensors') => join(folder(), 'checkpoints', String(step), name);

  it('give back the position and every value, to the bit', async () => {
    const [saved, restored] = [model(1), model(2)];
    await checkpoints().save(position(10), partsOf(saved), 3);
    expect(await checkpoints().load(partsOf(restored))).to.deep.equal(position(10));
    expect(restored.weight.value.dataSync()).to.deep.equal(saved.weight.value.dataSync());
  });

  it("keep weights under PyTorch's names, axes in its order", async () => {
    const layer = model(1);
    await checkpoints().save(position(1), partsOf(layer), 3);
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
    await checkpoints().save(position(1), partsOf(large), 2);
    const before = large.weight.value.sum().dataSync()[0];
    tf.tidy(() => large.weight.state.assign(tf.zeros([1, 1, 4200, 4100])));
    await checkpoints().load(partsOf(large));
    expect(large.weight.value.sum().dataSync()[0]).to.equal(before);
    large.dispose();
  });

  it('are kept in the number that is asked for, the newest by number', async () => {
    for (const step of [8, 9, 10, 100]) await checkpoints().save(position(step), partsOf(model(1)), 2);
    expect(checkpoints().list()).to.deep.equal([10, 100]);
  });

  it('leave nothing aside, also when the same step is saved again', async () => {
    for (let time = 0; time < 2; time++) await checkpoints().save(position(5), partsOf(model(1)), 2);
    expect(readdirSync(join(folder(), 'checkpoints'))).to.deep.equal(['5']);
  });

  it('stay as they were when one cannot be written', async () => {
    await checkpoints().save(position(1), partsOf(model(1)), 2);
    const broken = model(1);
    broken.dispose();
    await rejection(checkpoints().save(position(2), partsOf(broken), 2));
    expect(readdirSync(join(folder(), 'checkpoints'))).to.deep.equal(['1']);
  });

  it('live without tensors of their own', async () => {
    const layer = model(1);
    await checkpoints().save(position(1), partsOf(layer), 2);
    const before = tf.memory().numTensors;
    await checkpoints().save(position(1), partsOf(layer), 2);
    await checkpoints().load(partsOf(layer));
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('of another model are refused with every difference, and nothing is loaded', async () => {
    await checkpoints().save(position(1), partsOf(model(1)), 2);
    const other = model(2, 4);
    const before = other.bias.value.dataSync();
    const error = await rejection(checkpoints().load(partsOf(other)));
    expect(error)
      .to.have.property('hints')
      .that.deep.equals(['weight: [2, 3, 1, 1] in the file, [4, 3, 1, 1] here', 'bias: [2] in the file, [4] here']);
    expect(other.bias.value.dataSync()).to.deep.equal(before);
  });

  it('that are damaged are refused by name', async () => {
    await checkpoints().save(position(1), partsOf(model(1)), 2);
    const bytes = readFileSync(file(1));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file(1), bytes);
    expect(await rejection(checkpoints().load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/model\.safetensors is damaged/);
  });

  it('with bytes at the end or a missing file are refused', async () => {
    await checkpoints().save(position(1), partsOf(model(1)), 2);
    appendFileSync(file(1), 'x');
    expect(await rejection(checkpoints().load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/damaged/);
    rmSync(file(1));
    expect(await rejection(checkpoints().load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/model\.safetensors/);
  });

  it('that are not there are said to be not there', async () => {
    expect(await rejection(checkpoints().load(partsOf(model(1)))))
      .to.have.property('message')
      .that.matches(/^There is no checkpoint in /);
    expect(existsSync(join(folder(), 'checkpoints'))).to.equal(false);
  });
});
