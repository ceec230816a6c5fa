import { layers } from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Random } from '../../../../framework/random/random';
import type { Engine, Step } from '../../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import { nativeBackend } from '../../../../framework/tensorflow/operation';
import { repeat } from '../../../../framework/tensorflow/repeat';
import * as tf from '../../../../framework/tensorflow/tf';
import { Variable } from '../../../../framework/tensorflow/variable';
import { ENGINES } from '../../../support/engines';
import { rejection } from '../../../support/rejection';
import { withTensorFlow } from '../../../support/tensorflow';

/** What a step gives for inputs, as numbers. */
async function results(engine: Engine, step: Step, ...inputs: tf.Tensor[]): Promise<number[][]> {
  const outputs = await engine.program('step', step).run(...inputs);
  const numbers = outputs.map((output) => Array.from(output.dataSync()));
  tf.dispose([...outputs, ...inputs]);
  return numbers;
}

function variableOf(...values: number[]): Variable {
  const variable = new Variable('v', [values.length]);
  tf.tidy(() => variable.assign(tf.tensor1d(values)));
  return variable;
}

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`a step that is run ${how}`, () => {
    withTensorFlow();
    let engine: Engine;
    beforeEach(() => {
      engine = make();
    });
    afterEach(() => engine.close());

    it('returns what TensorFlow.js returns', async () => {
      const step: Step = (x) => [tf.relu(tf.sub(x, 2)), tf.concat([x, tf.ones([2])])];
      expect(await results(engine, step, tf.tensor1d([1, 2, 5]))).to.deep.equal([
        [0, 0, 3],
        [1, 2, 5, 1, 1],
      ]);
    });

    it('may return an input, as a tensor of its own', async () => {
      const [x, program] = [tf.tensor1d([1, 2]), engine.program('step', (x) => [x, tf.clone(x), tf.mul(x, 2)])];
      const outputs = await program.run(x);
      const numbers = outputs.map((output) => Array.from(output.dataSync()));
      tf.dispose(outputs);
      expect([...numbers, Array.from(x.dataSync())]).to.deep.equal([
        [1, 2],
        [1, 2],
        [2, 4],
        [1, 2],
      ]);
    });

    it('reads the current value of a variable, before and after it is assigned', async () => {
      const variable = variableOf(1, 2);
      const step: Step = (x) => {
        const before = tf.add(variable.value, 0);
        variable.assign(tf.add(variable.value, x));
        return [before, tf.add(variable.value, 0)];
      };
      const program = engine.program('step', step);
      const seen: number[][] = [];
      for (let time = 0; time < 2; time++)
        seen.push(...(await program.run(tf.tensor1d([10, 20]))).map((each) => Array.from(each.dataSync())));
      expect(seen).to.deep.equal([
        [1, 2],
        [11, 22],
        [11, 22],
        [21, 42],
      ]);
      expect((await engine.read([variable])).map((each) => Array.from(each))).to.deep.equal([[21, 42]]);
    });

    it('shares variables with other steps, and reads values that are written', async () => {
      const variable = variableOf(1);
      await results(engine, (x) => (variable.assign(x), []), tf.tensor1d([5]));
      expect(await results(engine, () => [tf.mul(variable.value, 2)])).to.deep.equal([[10]]);
      await engine.write([[variable, Float32Array.of(7)]]);
      expect(await results(engine, () => [tf.mul(variable.value, 2)])).to.deep.equal([[14]]);
    });

    it('is differentiated with respect to its variables', async () => {
      const variable = variableOf(1, 2);
      const step: Step = () => {
        const { grads } = tf.engine().gradients(() => tf.sum(tf.square(variable.value)), [variable.value]);
        return grads;
      };
      // d/dv Σ v² = 2 v
      expect(await results(engine, step)).to.deep.equal([[2, 4]]);
    });

    it('draws different numbers at a different step, and the same at the same step', async () => {
      const random = Random.fromSeed(1).stream('noise');
      const program = engine.program('draw', (step) => [random.at(step as tf.Scalar).normal([3])]);
      const draw = async (step: number) => (await program.run(tf.scalar(step, 'int32')))[0]?.dataSync().join();
      expect(await draw(5)).to.equal(random.at(5).normal([3]).dataSync().join());
      expect(await draw(5)).not.to.equal(await draw(6));
    });

    it('gathers by indices that are known only at run time', async () => {
      const step: Step = (indices) => [tf.gather(tf.tensor1d([10, 20, 30]), indices)];
      expect(await results(engine, step, tf.tensor1d([2, 0], 'int32'))).to.deep.equal([[30, 10]]);
    });

    it('repeats a step with its iteration index, and with the initial values of variables', async () => {
      const variable = variableOf(2, 3);
      const step: Step = (x, a) => {
        // ((1 · v + 0 a) · v + 1 a) · v + 2 a
        const repeated = repeat(3, x, [a], (value, index, a) =>
          tf.add(tf.mul(value, variable.value), tf.mul(tf.cast(index, 'float32'), a)),
        );
        variable.assign(tf.add(variable.value, 1));
        return [repeated, tf.add(variable.value, 0)];
      };
      expect(await results(engine, step, tf.tensor1d([1, 1]), tf.scalar(10))).to.deep.equal([
        [8 + 20 + 20, 27 + 30 + 20],
        [3, 4],
      ]);
    });

    it('leaks no tensors', async () => {
      const variable = variableOf(1);
      const program = engine.program(
        'step',
        (x) => (variable.assign(tf.add(variable.value, x)), [tf.square(variable.value)]),
      );
      const once = async () => {
        const x = tf.tensor1d([1]);
        tf.dispose([x, ...(await program.run(x))]);
      };
      await once();
      const before = [
        tf.memory().numTensors,
        (nativeBackend().binding as unknown as { getNumOfTensors(): number }).getNumOfTensors(),
      ];
      for (let time = 0; time < 20; time++) await once();
      expect([
        tf.memory().numTensors,
        (nativeBackend().binding as unknown as { getNumOfTensors(): number }).getNumOfTensors(),
      ]).to.deep.equal(before);
    });
  });
}

/** Made when a test first needs it: TensorFlow is not loaded before. */
const OUTSIDE = {
  made: undefined as tf.Variable | undefined,
  get value(): tf.Variable {
    return (this.made ??= tf.variable(tf.tensor1d([2]), true, 'outside'));
  },
};

/* eslint-disable no-restricted-properties -- what is restricted is what is refused */
describe('tracing', () => {
  withTensorFlow();
  let engine: GraphEngine;
  beforeEach(() => {
    engine = new GraphEngine({});
  });
  afterEach(() => engine.close());

  it('happens once for each shape of the inputs', async () => {
    const program = engine.program('step', (x) => [tf.square(x)]);
    for (const size of [2, 2, 3, 2, 3]) await program.run(tf.ones([size]));
    expect(program.traceCount).to.equal(2);
  });

  it('computes nothing', async () => {
    let calls = 0;
    const program = engine.program('step', (x) => (calls++, [tf.square(x)]));
    for (let time = 0; time < 3; time++) await program.run(tf.ones([2]));
    expect(calls).to.equal(1);
  });

  it('does not block the event loop while a step runs', async () => {
    const program = engine.program('step', (x) => [
      Array.from({ length: 20 }).reduce<tf.Tensor>((y) => tf.matMul(y, x), x),
    ]);
    const x = tf.zeros([1000, 1000]);
    await program.run(x);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await program.run(x);
    clearInterval(timer);
    expect(ticks).to.be.above(0);
  });

  const refused: [string, Step, RegExp][] = [
    ['dataSync', (x) => [tf.scalar(x.dataSync()[0] ?? 0)], /A value was read while a step was traced/],
    ['arraySync', (x) => [tf.scalar(x.arraySync() as number)], /A value was read while a step was traced/],
    [
      'tf.randomNormal',
      (x) => [tf.add(x, tf.randomNormal([1]))],
      /Math\.random was called|tf\.randomNormal was called/,
    ],
    [
      'tf.randomNormal with a seed',
      (x) => [tf.add(x, tf.randomNormal([4], 0, 1, 'float32', 7))],
      /tf\.randomNormal was called/,
    ],
    [
      'tf.dropout with a seed',
      (x) => [tf.dropout(tf.tile(x as tf.Tensor1D, [4]), 0.5, undefined, 7)],
      /tf\.dropout was called/,
    ],
    ['Math.random', (x) => [tf.mul(x, Math.random())], /Math\.random was called/],
    ['a tf.variable', (x) => [tf.mul(x, tf.variable(tf.scalar(2), true, 'w1'))], /The tf\.variable w1 was used/],
    ['a clone of a tf.variable', (x) => [tf.mul(x, tf.clone(OUTSIDE.value))], /The tf\.variable outside was used/],
    ['assigning a tf.variable', (x) => (OUTSIDE.value.assign(x), [x]), /The tf\.variable outside was used/],
    [
      'tf.train',
      (x) => [tf.train.sgd(0.1).minimize(() => tf.sum(tf.mul(OUTSIDE.value, x)), true)!],
      /The tf\.variable outside was used/,
    ],
    [
      'tf.layers',
      (x) => [layers.dense({ units: 1, kernelInitializer: 'ones' }).apply(tf.reshape(x, [1, 1])) as tf.Tensor],
      /The tf\.variable dense/,
    ],
  ];
  for (const [what, step, message] of refused) {
    it(`refuses ${what}, and works after that`, async () => {
      expect(OUTSIDE.value.dataSync()[0]).to.equal(2);
      const error = await rejection(engine.program('step', step).run(tf.ones([1])));
      expect(error).to.have.property('message').that.matches(message);
      expect(await results(engine, (x) => [tf.add(x, 1)], tf.ones([1]))).to.deep.equal([[2]]);
      expect(tf.add(1, 1).dataSync()[0]).to.equal(2);
    });
  }

  it('names an op that cannot be traced', async () => {
    // How many elements a mask keeps is known only when it runs.
    const step: Step = (x) =>
      nativeBackend().executeMultipleOutputs(
        'Where',
        [{ name: 'T', type: nativeBackend().binding.TF_ATTR_TYPE, value: 1 }],
        [x],
        1,
      );
    expect(await rejection(engine.program('step', step).run(tf.ones([3]))))
      .to.have.property('message')
      .that.matches(/^The op Where cannot be traced: /);
  });

  it('explains how to read a variable of a session', async () => {
    const variable = variableOf(1);
    await results(engine, () => [tf.add(variable.value, 1)]);
    expect(() => variable.value).to.throw(/use engine\.read/);
  });

  it('refuses to change a variable in a loop, and to use a tensor that is not passed to it', async () => {
    const variable = variableOf(1);
    const assigning: Step = (x) => [repeat(2, x, [], (value) => (variable.assign(value), value))];
    expect(await rejection(engine.program('step', assigning).run(tf.ones([1]))))
      .to.have.property('message')
      .that.matches(/v cannot be assigned within a loop/);
    const using: Step = (x) => {
      const y = tf.square(x);
      return [repeat(2, x, [], (value) => tf.add(value, y))];
    };
    expect(await rejection(engine.program('step', using).run(tf.ones([1]))))
      .to.have.property('message')
      .that.matches(/an input does not belong to this trace/);
    expect(await results(engine, (x) => [tf.add(x, 1)], tf.ones([1]))).to.deep.equal([[2]]);
  });

  it("reports TensorFlow's reason if a step fails", async () => {
    const step: Step = (indices) => [tf.gather(tf.tensor1d([10, 20, 30]), indices)];
    expect(await rejection(engine.program('step', step).run(tf.tensor1d([3], 'int32'))))
      .to.have.property('message')
      .that.matches(/indices\[0\] = 3 is not in \[0, 3\)/);
  });
});
