import { expect } from 'chai';
import { TrainingStep } from '../../../../framework/experiment/training/training-step';
import { Conv2d } from '../../../../framework/nn/conv2d';
import { Module } from '../../../../framework/nn/module';
import { Random } from '../../../../framework/random/random';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import { named, namedWithin } from '../../../../framework/tensorflow/named';
import * as tf from '../../../../framework/tensorflow/tf';
import { Adam, AdamSettings } from '../../../../plugins/optimizers/adam';
import { namesOf, nodesOf } from '../../../support/definition';
import { settingsOf } from '../../../support/settings';
import { withTensorFlow } from '../../../support/tensorflow';

class Block extends Module {
  private readonly conv = new Conv2d(1, 1, 3, { padding: 1 });

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => tf.add(this.helper(x), x));
  }

  private helper(x: tf.Tensor4D): tf.Tensor4D {
    return tf.relu(this.conv.forward(x));
  }
}

class Network extends Module {
  private readonly blocks = [new Block(), new Block()];

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => tf.tanh(this.blocks.reduce((y, block) => block.forward(y), x)));
  }
}

describe("the names of a graph's operations", () => {
  withTensorFlow();
  let engine: GraphEngine;
  beforeEach(() => {
    engine = new GraphEngine({});
  });
  afterEach(() => engine.close());

  it('are those of the modules whose methods add them, forward and backward, and of the parameters', async () => {
    const network = new Network();
    network.initialize(Random.fromSeed(1));
    const loss = ([x]: [tf.Tensor4D]) => tf.mean<tf.Scalar>(network.forward(x));
    const optimizer = new Adam(settingsOf(AdamSettings));
    const random = Random.fromSeed(1);
    const step = new TrainingStep({ engine, model: network, optimizer, loss, random, maxNorm: 1 });
    await step.run([tf.ones([2, 8, 8, 1])], { step: 1, learningRate: 0.1 });
    expect(namesOf(step.definition())).to.include.members([
      'train.2x8x8x1/Network/Tanh',
      'train.2x8x8x1/Network/blocks.0/Relu',
      'train.2x8x8x1/Network/blocks.0/conv/Conv2D',
      'train.2x8x8x1/Network/blocks.1/conv/BiasAdd',
      'train.2x8x8x1/clip/Sqrt',
      'train.2x8x8x1/gradients/Network/blocks.0/conv/Conv2DBackpropFilter',
      'train.2x8x8x1/gradients/Network/blocks.1/conv/BiasAddGrad',
      'train.2x8x8x1/gradients/Network/blocks.1/Select',
      'train.2x8x8x1/loss/Mean',
      'train.2x8x8x1/optimizer/blocks.0/conv/bias/ResourceApplyAdam',
      'train.2x8x8x1/read/blocks.0/conv/weight/ReadVariableOp',
      'variables/blocks.0/conv/weight/VarHandleOp',
      'variables/blocks.0/conv/weight/exp_avg/VarHandleOp',
    ]);
  });

  it('do not depend on which shapes came first', async () => {
    const names = [];
    for (const sizes of [
      [2, 3],
      [3, 2],
    ]) {
      const program = engine.program('measure', (x) => [tf.square(tf.square(x))]);
      for (const size of sizes) await program.run(tf.ones([size, 4]));
      await program.run(tf.ones([3, 4]));
      names.push(namesOf(program.definition()));
    }
    expect(names[0]).to.deep.equal(['measure.3x4/Placeholder', 'measure.3x4/Square', 'measure.3x4/Square_1']);
    // A second program of that name in the same graph.
    expect(names[1]).to.deep.equal(names[0]?.map((name) => name.replace('measure', 'measure_2')));
  });

  it('can be set, also nested; characters that TensorFlow does not allow are replaced', async () => {
    const step = (x: tf.Tensor) => [
      named('a.0.b c', () => {
        const inner = namedWithin('part', () => tf.square(x));
        return tf.add(
          inner,
          named('other', () => tf.neg(x)),
        );
      }),
    ];
    const program = engine.program('step', step);
    await program.run(tf.scalar(1));
    expect(namesOf(program.definition())).to.deep.equal([
      'step/Placeholder',
      'step/a.0/b_c/Add',
      'step/a.0/b_c/part/Square',
      'step/other/Neg',
    ]);
  });

  it('are set for inherited methods of a model', async () => {
    class Twice extends Block {
      override forward(x: tf.Tensor4D): tf.Tensor4D {
        return super.forward(super.forward(x));
      }
    }
    const module = new Twice();
    module.initialize(Random.fromSeed(1));
    const program = engine.program('step', (x) => [module.forward(x as tf.Tensor4D)]);
    await program.run(tf.ones([1, 4, 4, 1]));
    expect(namesOf(program.definition())).to.include.members(['step.1x4x4x1/Twice/conv/Conv2D_1']);
  });
});

describe('the definition of a program', () => {
  withTensorFlow();

  it('has what the program needs, and nothing of other programs in the same graph', async () => {
    const engine = new GraphEngine({});
    const program = engine.program('one', (x) => [tf.square(x)]);
    expect(program.definition()).to.equal(undefined);
    for (const each of [program, engine.program('other', (x) => [tf.neg(x)])]) await each.run(tf.scalar(1));
    expect(nodesOf(program.definition()).map(({ name, op, input }) => ({ name, op, input }))).to.deep.equal([
      { name: 'one/Placeholder', op: 'Placeholder', input: [] },
      { name: 'one/Square', op: 'Square', input: ['one/Placeholder'] },
    ]);
    engine.close();
  });
});
