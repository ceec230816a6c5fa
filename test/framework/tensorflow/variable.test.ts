import { expect } from 'chai';
import * as tf from '../../../framework/tensorflow/tf';
import { Variable } from '../../../framework/tensorflow/variable';
import { ENGINES } from '../../support/engines';
import { rejection } from '../../support/rejection';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

describe('Variable', () => {
  withTensorFlow();

  function variableOf(...values: number[]): Variable {
    const variable = new Variable('weight', [values.length]);
    tf.tidy(() => variable.assign(tf.tensor1d(values)));
    return variable;
  }

  it('has the value that was last assigned', () => {
    const variable = variableOf(1, 2);
    expect([...variable.value.dataSync()]).to.deep.equal([1, 2]);
    tf.tidy(() => variable.assign(tf.tensor1d([3, 4])));
    expect([...variable.value.dataSync()]).to.deep.equal([3, 4]);
    variable.dispose();
  });

  it('outlives the tensor that was assigned, and a tidy', async () => {
    let variable: Variable | undefined;
    expect(await tensorsKept(() => (variable = variableOf(1)))).to.equal(1);
    expect([...variable!.value.dataSync()]).to.deep.equal([1]);
    variable!.dispose();
  });

  it('holds one tensor however often it is assigned, and none after it is disposed', async () => {
    const variable = variableOf(1);
    expect(await tensorsKept(() => tf.tidy(() => variable.assign(tf.tensor1d([2]))))).to.equal(0);
    expect(await tensorsKept(() => variable.dispose())).to.equal(-1);
    expect(await tensorsKept(() => variable.dispose())).to.equal(0);
  });

  it('can be assigned a value computed from it', () => {
    const variable = variableOf(1, 2);
    for (let step = 0; step < 3; step++) tf.tidy(() => variable.assign(tf.mul(variable.value, 2)));
    expect([...variable.value.dataSync()]).to.deep.equal([8, 16]);
    variable.dispose();
  });

  it('knows its size', () => {
    expect(new Variable('kernel', [3, 3, 2, 4]).size).to.equal(72);
    expect(new Variable('scalar', []).size).to.equal(1);
  });

  it('has no value before the first assignment and after it is disposed', () => {
    const variable = variableOf(1);
    variable.dispose();
    expect(() => variable.value).to.throw('the variable weight has no value yet');
    expect(() => new Variable('bias', [1]).value).to.throw('the variable bias has no value yet');
  });

  it('refuses a value of a different shape', () => {
    const variable = variableOf(1, 2);
    expect(() => variable.assign(tf.tensor1d([1]))).to.throw('shape');
    variable.dispose();
  });

  for (const [how, engineOf] of Object.entries(ENGINES))
    it(`refuses integers and booleans, as first value or later, ${how}`, async () => {
      const engine = engineOf();
      const [counter, flag] = [new Variable('counter', []), new Variable('flag', [])];
      counter.initialize(() => tf.scalar(1, 'int32'));
      flag.initialize(() => tf.scalar(0));
      const read = engine.program('read', () => [tf.add(counter.value, 1)]);
      const write = engine.program('write', () => (flag.assign(tf.scalar(true, 'bool')), []));
      const [first, later] = [await rejection(write.run()), await rejection(read.run())].map(String);
      expect(first).to.contain('The variable flag was assigned a value of type bool: expected float32.');
      expect(later).to.contain('The variable counter was assigned a value of type int32: expected float32.');
      engine.close();
    });
});
