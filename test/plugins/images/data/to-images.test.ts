import { expect } from 'chai';
import * as tf from '../../../../framework/tensorflow/tf';
import { toImages, toPixels } from '../../../../plugins/images/data/to-images';
import { UserError } from '../../../../framework/errors';
import { expectClose } from '../../../support/close';
import { rejection } from '../../../support/rejection';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';

describe('images as tensors', () => {
  withTensorFlow();

  it('are bytes scaled to [-1, 1], in the same order', () => {
    const images = toImages(Uint8Array.of(0, 255, 51, 204), [1, 2, 1]);
    expect(images.shape).to.deep.equal([2, 1, 2, 1]);
    expectClose(images, [-1, 1, -0.6, 0.6]);
  });

  it('are equal in all bits to what TensorFlow computes of each byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const [computed, images] = tf.tidy(() => [
      tf.tensor1d(Float32Array.from(all)).div(127.5).sub(1).dataSync(),
      toImages(all, [16, 16, 1]).dataSync(),
    ]);
    expect(Buffer.from(images.slice().buffer)).to.deep.equal(Buffer.from(computed.slice().buffer));
  });

  it('are converted back to the same bytes, clipped', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const images = toImages(all, [16, 16, 1]);
    expect(await toPixels(images)).to.deep.equal(all);
    expect([...(await toPixels(tf.tensor4d([-1.5, 7], [1, 2, 1, 1])))]).to.deep.equal([0, 255]);
    images.dispose();
  });

  it('are refused if a value is NaN, instead of becoming black', async () => {
    const images = tf.tensor4d([0, 0.5, NaN, 0.5, NaN, NaN, 1, 1], [4, 1, 2, 1]);
    const error = await rejection(toPixels(images));
    expect(error).to.be.an.instanceOf(UserError);
    expect(String(error)).to.include('2 of 4 sampled images contain NaN values.');
    images.dispose();
  });

  it('leak no tensors', async () => {
    const images = toImages(Uint8Array.of(1), [1, 1, 1]);
    expect(await tensorsKept(() => toPixels(images))).to.equal(0);
    images.dispose();
  });
});
