import { expect } from 'chai';
import * as tf from '../../../../../framework/tensorflow/tf';
import labml from '../../../../reference/labml-class-unet.json';
import { gradientsOf } from '../../../../../framework/nn/gradients';
import { Random } from '../../../../../framework/random/random';
import { UNet, UNetSettings } from '../../../../../plugins/diffusion/models/unet';
import { ClassEmbedding } from '../../../../../plugins/diffusion/models/unet/class-embedding';
import { expectClose, largestError, numbersOf } from '../../../../support/close';
import { ENGINES } from '../../../../support/engines';
import { settingsOf } from '../../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../../support/tensorflow';
import { waves, waveWeight } from '../../../../support/waves';
import { fillWeights, setWeights, type Weight } from '../../../../support/weights';

const NAME = 'class_emb.weight';
const { settings, labels, side, times } = labml;

/** How many times as far from the exact result as PyTorch's float32 ours may be, as in reference.test.ts. */
const TIMES_PYTORCH = 8;

describe('The class embedding', () => {
  withTensorFlow();

  const labelled = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');

  it('has a vector for each class, and one for no class', () => {
    const embedding = new ClassEmbedding(2, 2);
    setWeights(embedding, { weight: [1, 2, 3, 4, 5, 6] });
    expectClose(embedding.forward(labelled(2, 0)), [5, 6, 1, 2]);
    expectClose(embedding.forward(embedding.none(1)), [5, 6]);
    embedding.dispose();
  });

  it('sums the gradients of all images of a class in its vector', () => {
    const embedding = new ClassEmbedding(2, 2);
    setWeights(embedding, { weight: [1, 2, 3, 4, 5, 6] });
    const loss = () => tf.sum<tf.Scalar>(tf.mul(embedding.forward(labelled(2, 0, 2)), tf.range(1, 7).reshape([3, 2])));
    const { gradients } = gradientsOf(loss, [embedding.weight]);
    expectClose(gradients.get(embedding.weight)!, [3, 4, 0, 0, 1 + 5, 2 + 6]);
    embedding.dispose();
  });
});

describe('UNet, class-conditional', () => {
  withTensorFlow();

  const made = (classes?: number): UNet => new UNet(settingsOf(UNetSettings, { ...settings, classes, dropout: 0 }));
  const names = (model: UNet): string[] => [...model.parameters()].map(([name]) => name);

  /** labml's weights; those of the embedding, which labml does not have, come after all others. */
  function filled(): UNet {
    const model = made(settings.classes);
    const known = names(made());
    const weight: Weight = (name, shape) => {
      const index = known.indexOf(name);
      return waveWeight(name, shape, index < 0 ? known.length : index);
    };
    fillWeights(model, weight);
    return model;
  }

  /** Images by their numbers in PyTorch's order; they have one channel. */
  const images = (phase: number): tf.Tensor4D =>
    tf.tensor4d(waves(times.length * side * side, phase), [times.length, side, side, 1]);
  const t = (): tf.Tensor1D => tf.tensor1d(times, 'int32');
  const lines = (): tf.Tensor1D => tf.tensor1d(labels, 'int32');

  it('has one parameter more than without classes, and the same initial values for the others', () => {
    const [model, other] = [made(3), made()];
    const random = Random.fromSeed(1);
    for (const each of [model, other]) each.initialize(random);
    expect(names(model).filter((name) => name !== NAME)).to.deep.equal(names(other));
    const parameters = new Map(model.parameters());
    expect(parameters.get(NAME)!.shape).to.deep.equal([4, 4 * settings.channels]);
    for (const [name, parameter] of other.parameters()) {
      expect(numbersOf(parameters.get(name)!.value.clone())).to.deep.equal(numbersOf(parameter.value.clone()));
    }
    for (const each of [model, other]) each.dispose();
  });

  for (const [how, make] of Object.entries(ENGINES)) {
    it(`has the output of labml's network with PyTorch's embedding added to the time's, ${how}`, async () => {
      const [engine, model] = [make(), filled()];
      const step = (...[xt, t, labels]: tf.Tensor[]) => [
        model.predict(xt as tf.Tensor4D, t as tf.Tensor1D, undefined, labels as tf.Tensor1D),
      ];
      const inputs = [images(0.5), t(), lines()];
      const [output] = await engine.program('predict', step).run(...inputs);
      expect(largestError(numbersOf(output!), labml.output)).to.be.below(TIMES_PYTORCH * labml.float32.output);
      tf.dispose(inputs);
      engine.close();
      model.dispose();
    });
  }

  it('has the gradient of that network, which is non-zero only for the classes in the batch', () => {
    const model = filled();
    const parameter = new Map(model.parameters()).get(NAME)!;
    const loss = () =>
      tf.mean<tf.Scalar>(tf.square(tf.sub(images(2.5), model.predict(images(0.5), t(), undefined, lines()))));
    const { value, gradients } = gradientsOf(loss, [parameter]);
    expectClose(value, labml.loss);
    const rows = tf.unstack(gradients.get(parameter)!).map(numbersOf);
    for (const [row, numbers] of rows.entries()) {
      const errors = [
        largestError(numbers.slice(0, 5), labml.gradient[row]!),
        Math.abs(Math.hypot(...numbers) - labml.gradientNorms[row]!),
      ];
      expect(Math.max(...errors)).to.be.below(TIMES_PYTORCH * labml.float32.gradient);
    }
    expect(labml.gradientNorms.map((norm) => norm > 0)).to.deep.equal([false, false, true, true]);
    model.dispose();
  });

  it('treats images without labels as images of no class', () => {
    const model = filled();
    const none = tf.tensor1d([3, 3], 'int32');
    const answer = numbersOf(model.predict(images(0.5), t()));
    expect(answer).to.deep.equal(numbersOf(model.predict(images(0.5), t(), undefined, none)));
    expect(answer).not.to.deep.equal(numbersOf(model.predict(images(0.5), t(), undefined, lines())));
    model.dispose();
  });

  it('leaks no tensors', async () => {
    const [model, xt, time, classes] = [filled(), images(0.5), t(), lines()];
    model.predict(xt, time, undefined, classes).dispose();
    expect(await tensorsKept(() => model.predict(xt, time, undefined, classes).dispose())).to.equal(0);
    expect(await tensorsKept(() => model.predict(xt, time).dispose())).to.equal(0);
    model.dispose();
  });
});
