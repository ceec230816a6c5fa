import { expect } from 'chai';
import { BatchNorm } from '../../../framework/nn/batch-norm';
import { Conv2d } from '../../../framework/nn/conv2d';
import { Linear } from '../../../framework/nn/linear';
import { Module } from '../../../framework/nn/module';
import { Parameter } from '../../../framework/nn/parameter';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { weightsOf } from '../../support/weights';

class Head extends Module {
  readonly outProj = new Linear(2, 3);
}

class Network extends Module {
  readonly imageProj = new Conv2d(1, 2, 3);
  readonly size = 7;
  readonly layers = [new Head(), new Head()];
  readonly missing: Linear | undefined = undefined;
  readonly lin1 = new Linear(2, 2);
}

class Gain extends Module {
  readonly weight = new Parameter([2], () => tf.ones([2]));
}

class Collections extends Module {
  readonly byName = new Map([
    ['outProj', new Gain()],
    ['other', new Gain()],
  ]);
  readonly all = new Set([new Gain()]);
  readonly options = { timeEmb: [new Gain()] };
}

class Shared extends Module {
  readonly first = new Linear(2, 2);
  readonly second = this.first;
  readonly again = { head: new Head(), own: this as Module };
}

class Normalized extends Module {
  readonly layers = [new Linear(2, 2), new BatchNorm(2)];
}

class Hidden extends Module {
  readonly #layer = new Linear(2, 3);

  forward(): unknown {
    return this.#layer.weight.value;
  }
}

describe('Module', () => {
  withTensorFlow();

  it('names its parameters by the path of properties, in snake case', () => {
    expect([...new Network().parameters()].map(([name]) => name)).to.deep.equal([
      'image_proj.weight',
      'image_proj.bias',
      'layers.0.out_proj.weight',
      'layers.0.out_proj.bias',
      'layers.1.out_proj.weight',
      'layers.1.out_proj.bias',
      'lin1.weight',
      'lin1.bias',
    ]);
  });

  it('finds what maps, sets and plain objects hold', () => {
    expect([...new Collections().parameters()].map(([name]) => name)).to.deep.equal([
      'by_name.outProj.weight',
      'by_name.other.weight',
      'all.0.weight',
      'options.time_emb.0.weight',
    ]);
  });

  it('counts and names once what is held twice, and may hold itself', () => {
    const shared = new Shared();
    expect([...shared.parameters()].map(([name]) => name)).to.deep.equal([
      'first.weight',
      'first.bias',
      'again.head.out_proj.weight',
      'again.head.out_proj.bias',
    ]);
    expect([...shared.modules('Shared')].map(([name]) => name)).to.deep.equal([
      'Shared',
      'Shared.first',
      'Shared.again.head',
      'Shared.again.head.out_proj',
    ]);
    expect(shared.parameterCount).to.equal(6 + 9);
  });

  it('names its buffers likewise, which are not trained', () => {
    const network = new Normalized();
    expect([...network.buffers()].map(([name]) => name)).to.deep.equal([
      'layers.1.running_mean',
      'layers.1.running_var',
    ]);
    expect([...network.parameters()].map(([name]) => name)).to.deep.equal([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
    ]);
    expect(network.parameterCount).to.equal(6 + 4);
  });

  it('counts its trainable parameters', () => {
    // (1·2·3·3 + 2) + 2 (2·3 + 3) + (2·2 + 2)
    expect(new Network().parameterCount).to.equal(20 + 18 + 6);
  });

  it('draws the initial values of each parameter from a separate stream', () => {
    const network = new Network();
    network.initialize(Random.fromSeed(1));
    const weights = weightsOf(network);
    expect(weights.get('layers.0.out_proj.weight')).not.to.deep.equal(weights.get('layers.1.out_proj.weight'));
    expect(weights.get('layers.0.out_proj.bias')).not.to.deep.equal(weights.get('layers.1.out_proj.bias'));
    network.dispose();
  });

  it('has the same initial values for the same seed, and different ones for a different seed', () => {
    const [first, again, other] = [new Network(), new Network(), new Network()];
    first.initialize(Random.fromSeed(1));
    again.initialize(Random.fromSeed(1));
    other.initialize(Random.fromSeed(2));
    expect(weightsOf(first)).to.deep.equal(weightsOf(again));
    expect(weightsOf(first)).not.to.deep.equal(weightsOf(other));
    for (const network of [first, again, other]) network.dispose();
  });

  it('holds one tensor per parameter once it is used, and none after it is disposed', async () => {
    const network = new Network();
    const use = (): void => {
      for (const [, parameter] of network.parameters()) expect(parameter.value.shape).to.deep.equal(parameter.shape);
    };
    expect(await tensorsKept(() => network.initialize(Random.fromSeed(1)))).to.equal(0);
    expect(await tensorsKept(use)).to.equal(8);
    expect(await tensorsKept(use)).to.equal(0);
    expect(await tensorsKept(() => network.dispose())).to.equal(-8);
  });

  it('reports a parameter that is used before it has a value', () => {
    const { weight } = new Linear(1, 1);
    expect(() => weight.value).to.throw('A parameter of shape [1,1] was used before its module was initialized.');
  });

  it('says so of a parameter in a #private field, which cannot be found', () => {
    const hidden = new Hidden();
    hidden.initialize(Random.fromSeed(1));
    expect(() => hidden.forward())
      .to.throw('A parameter of shape [3,2] was used before its module was initialized.')
      .with.nested.property('hints[0]')
      .that.contains('not in #private fields');
  });
});
