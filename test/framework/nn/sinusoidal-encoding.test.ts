import { sinusoidalEncoding } from '../../../framework/nn/sinusoidal-encoding';
import { expectClose } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';

describe('sinusoidalEncoding', () => {
  withTensorFlow();

  it('alternates sine and cosine of the position at geometric wavelengths', () => {
    // width 4: the angles of position p are p and p / 10000^(2/4) = p / 100
    const [sin, cos] = [Math.sin, Math.cos];
    expectClose(sinusoidalEncoding(3, 4), [
      ...[0, 1, 0, 1],
      ...[sin(1), cos(1), sin(0.01), cos(0.01)],
      ...[sin(2), cos(2), sin(0.02), cos(0.02)],
    ]);
  });
});
