import { expect } from 'chai';
import { LeakGuard } from '../../../framework/tensorflow/leak-guard';
import * as tf from '../../../framework/tensorflow/tf';
import { withTensorFlow } from '../../support/tensorflow';

describe('the leak guard', () => {
  withTensorFlow();

  const leaked: tf.Tensor[] = [];
  let guard: LeakGuard;
  beforeEach(() => (guard = new LeakGuard()));
  afterEach(() => {
    guard.close();
    tf.dispose(leaked.splice(0));
  });

  function leakyStep(): void {
    tf.tidy(() => leaked.push(tf.keep(tf.zeros([2, 3]).add(1))));
  }

  /** What is output after each of some steps. */
  const toldAfter = (steps: number, step: () => void): (string | undefined)[] =>
    Array.from({ length: steps }, () => {
      step();
      return guard.afterStep();
    });

  it('reports each tensor that every step leaks by its shape and the code that created it, once', () => {
    const output = toldAfter(40, leakyStep).filter((text) => text !== undefined);
    expect(output).to.have.length(1);
    expect(output[0]).to.match(
      /^Tensor leak: each step leaks these tensors:.*\n {2}1 × float32 \[2, 3\] made at .*leak-guard\.test\.ts:\d+:\d+\)?$/,
    );
  });

  it('reports nothing for steps that dispose of what they create', () => {
    const output = toldAfter(40, () => tf.tidy(() => void tf.zeros([2]).add(1)));
    expect(output.every((text) => text === undefined)).to.equal(true);
  });

  it('reports nothing for tensors that are created once, as at the first step', () => {
    let step = 0;
    const output = toldAfter(40, () => {
      if (step++ % 15 === 0) leakyStep();
    });
    expect(output.every((text) => text === undefined)).to.equal(true);
  });
});
