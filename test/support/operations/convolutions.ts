import * as tf from '../../../framework/tensorflow/tf';
import { type Groups, operation, operations, real } from './operation';

export const CONVOLUTIONS: Groups = {
  Convolutions: [
    operation('conv1d', [real(2, 6, 3), real(3, 3, 2)], (x, w) => tf.conv1d(x, w, 1, 'same')),
    operation('conv1d, stride 2', [real(2, 7, 3), real(3, 3, 2)], (x, w) => tf.conv1d(x, w, 2, 'valid')),
    operation('conv1d, dilated', [real(2, 7, 3), real(3, 3, 2)], (x, w) => tf.conv1d(x, w, 1, 'valid', 'NWC', 2)),
    operation('conv2d', [real(1, 5, 5, 2), real(3, 3, 2, 2)], (x, w) => tf.conv2d(x, w, 1, 'same')),
    operation('conv2d, stride 2', [real(1, 6, 6, 2), real(3, 3, 2, 2)], (x, w) => tf.conv2d(x, w, 2, 'same')),
    operation('conv2d, explicit padding', [real(1, 4, 4, 2), real(3, 3, 2, 2)], (x, w) => tf.conv2d(x, w, 1, 1)),
    operation('conv2d, dilated', [real(1, 6, 6, 2), real(3, 3, 2, 2)], (x, w) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2)),
    operation('conv2dTranspose', [real(1, 3, 3, 3), real(3, 3, 2, 3)], (x, w) =>
      tf.conv2dTranspose(x, w, [1, 6, 6, 2], 2, 'same'),
    ),
    operation('conv3d', [real(1, 3, 3, 3, 2), real(2, 2, 2, 2, 2)], (x, w) => tf.conv3d(x, w, 1, 'same')),
    operation('conv3dTranspose', [real(1, 2, 2, 2, 2), real(2, 2, 2, 2, 2)], (x, w) =>
      tf.conv3dTranspose(x, w, [1, 4, 4, 4, 2], 2, 'same'),
    ),
    operation('depthwiseConv2d', [real(1, 5, 5, 3), real(3, 3, 3, 1)], (x, w) => tf.depthwiseConv2d(x, w, 1, 'same')),
    operation('depthwiseConv2d, dilated', [real(1, 6, 6, 2), real(3, 3, 2, 1)], (x, w) =>
      tf.depthwiseConv2d(x, w, 1, 'same', 'NHWC', 2),
    ),
    operation('separableConv2d', [real(1, 4, 4, 3), real(3, 3, 3, 1), real(1, 1, 3, 4)], (x, depthwise, pointwise) =>
      tf.separableConv2d(x, depthwise, pointwise, 1, 'same'),
    ),
    operation('dilation2d', [real(1, 4, 4, 2), real(2, 2, 2)], (x, w) => tf.dilation2d(x, w, 1, 'same')),
    operation('fused.conv2d', [real(1, 4, 4, 2), real(3, 3, 2, 2), real(2)], (x, filter, bias) =>
      tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }),
    ),
    operation('fused.depthwiseConv2d', [real(1, 4, 4, 2), real(3, 3, 2, 1), real(2)], (x, filter, bias) =>
      tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }),
    ),
    operation('fused.matMul', [real(3, 4), real(4, 5), real(5)], (a, b, bias) =>
      tf.fused.matMul({ a, b, bias, activation: 'relu' }),
    ),
  ],
  Pooling: [
    operation('maxPool', [real(1, 6, 6, 3)], (x) => tf.maxPool(x, 2, 2, 'valid')),
    operation('avgPool', [real(1, 5, 5, 3)], (x) => tf.avgPool(x, 2, 2, 'same')),
    operation('maxPool3d', [real(1, 4, 4, 4, 2)], (x) => tf.maxPool3d(x, 2, 2, 'same')),
    operation('avgPool3d', [real(1, 4, 4, 4, 2)], (x) => tf.avgPool3d(x, 2, 2, 'same')),
    operation('pool', [real(1, 4, 4, 2)], (x) => tf.pool(x, 2, 'avg', 'same')),
    operation('maxPoolWithArgmax', [real(1, 4, 4, 2)], (x) => tf.maxPoolWithArgmax(x, 2, 2, 'same')['result']!),
  ],
  Images: [
    ...operations([real(1, 4, 4, 3)], {
      'image.resizeBilinear': (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 7]),
      'image.resizeBilinear, smaller': (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [2, 3]),
      'image.resizeNearestNeighbor': (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 8]),
      'image.cropAndResize': (x) => tf.image.cropAndResize(x as tf.Tensor4D, [[0.1, 0.1, 0.9, 0.9]], [0], [4, 4]),
      'image.flipLeftRight': (x) => tf.image.flipLeftRight(x as tf.Tensor4D),
      'image.rotateWithOffset': (x) => tf.image.rotateWithOffset(x as tf.Tensor4D, 0.3),
      'image.transform': (x) => tf.image.transform(x as tf.Tensor4D, [[1, 0, 0.5, 0, 1, 0, 0, 0]]),
      'image.rgbToGrayscale': (x) => tf.image.rgbToGrayscale(x as tf.Tensor4D),
    }),
    operation('image.grayscaleToRGB', [real(1, 4, 4, 1)], (x) => tf.image.grayscaleToRGB(x)),
  ],
  Signals: [
    operation('spectral.fft', [real(8), real(8)], (re, im) => tf.real(tf.spectral.fft(tf.complex(re, im)))),
    operation('spectral.ifft', [real(8), real(8)], (re, im) => tf.imag(tf.spectral.ifft(tf.complex(re, im)))),
    operation('spectral.rfft', [real(8)], (x) => tf.real(tf.spectral.rfft(x))),
    operation('spectral.irfft', [real(8)], (x) => tf.spectral.irfft(tf.spectral.rfft(x))),
    operation('abs of a complex number', [real(4), real(4)], (re, im) => tf.abs(tf.complex(re, im))),
    operation('signal.frame', [real(16)], (x) => tf.signal.frame(x, 8, 4)),
    operation('signal.stft', [real(32)], (x) => tf.abs(tf.signal.stft(x, 16, 8))),
  ],
};
