import { registerBroadcastGradients } from './broadcast';
import { registerCumulativeGradients } from './cumulative';
import { registerEinsumGradient } from './einsum';
import { registerEluGradient } from './elu';
import { registerFloorDivGradient } from './floor-div';
import { registerSelectGradients } from './select';
import { correctTape } from './tape';
import { registerUnstackGradient } from './unstack';

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
  registerFloorDivGradient();
  registerSelectGradients();
  registerUnstackGradient();
}
