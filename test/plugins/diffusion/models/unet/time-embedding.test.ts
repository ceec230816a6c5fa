import { expect } from 'chai';
import * as tf from '../../../../../framework/tensorflow/tf';
import { sinusoids, TimeEmbedding } from '../../../../../plugins/diffusion/models/unet/time-embedding';
import { expectClose } from '../../../../support/close';
import { tensorsKept, withTensorFlow } from '../../../../support/tensorflow';
import { setWeights } from '../../../../support/weights';

describe('The time embedding', () => {
  withTensorFlow();

  it('starts with sines, then cosines, of t at frequencies from 1 down to 1/10,000', () => {
    const y = sinusoids(tf.tensor1d([0, 3], 'int32'), 3);
    expect(y.shape).to.deep.equal([2, 6]);
    // sin 3, sin 0.03, sin 0.0003, and the cosines
    const three = [0.14112, 0.0299955, 0.0003, -0.9899925, 0.99955, 1];
    expectClose(y, [0, 0, 0, 1, 1, 1, ...three], 1e-6);
  });

  it('has frequency 1 if there is only one', () => {
    expectClose(sinusoids(tf.tensor1d([3], 'int32'), 1), [0.14112, -0.9899925], 1e-6);
  });

  it('applies two linear layers with a swish between them', () => {
    const embedding = new TimeEmbedding(8);
    const diagonal = Array.from({ length: 64 }, (_, index) => (index % 9 === 0 ? 1 : 0));
    // lin1 takes one sine and one cosine: the first channel is their sum, the second their difference.
    setWeights(embedding, {
      'lin1.weight': [1, 1, 1, -1, ...Array.from({ length: 12 }, () => 0)],
      'lin1.bias': Array.from({ length: 8 }, () => 0),
      'lin2.weight': diagonal,
      'lin2.bias': Array.from({ length: 8 }, () => 0.5),
    });
    // At t = 0: swish(1) = 0.731059 and swish(-1) = -0.268941, swish(0) = 0
    const y = embedding.forward(tf.tensor1d([0], 'int32'));
    expectClose(y, [1.231059, 0.231059, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    embedding.dispose();
  });

  it('leaks no tensors', async () => {
    const t = tf.tensor1d([0, 3], 'int32');
    expect(await tensorsKept(() => sinusoids(t, 3).dispose())).to.equal(0);
  });
});
