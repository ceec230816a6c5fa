import { expect } from 'chai';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import { repeat } from '../../../../framework/tensorflow/repeat';
import * as tf from '../../../../framework/tensorflow/tf';
import { Variable } from '../../../../framework/tensorflow/variable';
import type { UserError } from '../../../../framework/errors';
import { rejection } from '../../../support/rejection';
import { withTensorFlow } from '../../../support/tensorflow';

describe('a step that is traced twice', () => {
  withTensorFlow();

  let engine: GraphEngine;
  let count: number;
  beforeEach(() => {
    engine = new GraphEngine({});
    count = 0;
  });
  afterEach(() => engine.close());

  const programOf = (step: (x: tf.Tensor) => tf.Tensor) =>
    engine.program('step', (x) => [step(x)], { isTracedTwice: true });
  const errorOf = async (step: (x: tf.Tensor) => tf.Tensor): Promise<UserError> =>
    (await rejection(programOf(step).run(tf.tensor1d([1, 2])))) as UserError;

  const DIFFERENT = 'A step gave two different graphs when it was traced twice: ';

  it('is refused if a constant differs, which it names', async () => {
    const error = await errorOf((x) => tf.mul(x, ++count));
    expect(error.message).to.equal(`${DIFFERENT}step.2/Const has value 1, then value 2.`);
    expect(error.hints.join()).to.contain('input of the step');
  });

  it('is refused if a large constant differs', async () => {
    const error = await errorOf((x) =>
      tf.add(tf.sum(x), tf.tensor1d(Array.from({ length: 50 }, (_, i) => i + ++count))),
    );
    expect(error.message).to.match(/Const_1 has value with hash \w+, then value with hash \w+\.$/);
  });

  it('is refused if an op differs', async () => {
    const error = await errorOf((x) => (count++ === 0 ? tf.sin(x) : tf.cos(x)));
    expect(error.message).to.equal(`${DIFFERENT}step.2/Sin, then step.2/Cos.`);
  });

  it('is refused if an op is missing', async () => {
    const error = await errorOf((x) => (count++ === 0 ? tf.sin(tf.cos(x)) : tf.cos(x)));
    expect(error.message).to.equal(`${DIFFERENT}step.2/Sin, then no operation.`);
  });

  it('is refused if an input differs', async () => {
    const error = await errorOf((x) => {
      const [sin, cos] = [tf.sin(x), tf.cos(x)];
      return tf.square(count++ === 0 ? sin : cos);
    });
    expect(error.message).to.equal(`${DIFFERENT}step.2/Square has input step.2/Sin:0, then input step.2/Cos:0.`);
  });

  it('is refused if the body of a loop differs', async () => {
    const error = await errorOf((x) => repeat(2, x, [], (value) => tf.mul(value, ++count)));
    expect(error.message).to.contain('body/Const_1 has value 1, then value 2');
  });

  it('runs if the traces are equal, and another shape is traced once', async () => {
    const [first, second] = [new Variable('same', [1]), new Variable('same', [1])];
    for (const variable of [second, first]) variable.initialize(() => tf.tensor1d([3]));
    tf.dispose(await engine.program('other', () => [tf.add(second.value, 0)]).run());
    const program = programOf((x) => {
      count++;
      first.assign(tf.add(first.value, second.value));
      return tf.mul(tf.sum(x), first.value);
    });
    const run = async (...x: number[]) => Array.from((await program.run(tf.tensor1d(x)))[0]!.dataSync());
    expect(await run(1, 2)).to.deep.equal([18]);
    expect(count).to.equal(2);
    expect(await run(1, 2)).to.deep.equal([27]);
    expect(await run(1)).to.deep.equal([12]);
    expect(count).to.equal(3);
  });
});
