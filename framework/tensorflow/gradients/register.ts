import { registerBroadcastGradients } from './broadcast';
import { registerCumulativeGradients } from './cumulative';
import { registerEinsumGradient } from './einsum';
import { registerEluGradient } from './elu';
import { registerSelectGradients } from './select';
import { correctTape } from './tape';

let isRegistered = false;

/** Corrects and completes the gradients of TensorFlow.js. */
export function registerGradients(): void {
  if (isRegistered) return;
  isRegistered = true;
  correctTape();
  registerEluGradient();
  registerBroadcastGradients();
  registerCumulativeGradients();
  registerEinsumGradient();
  registerSelectGradients();
}
