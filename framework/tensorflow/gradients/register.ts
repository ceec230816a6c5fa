import { registerEluGradient } from './elu';
import { correctTape } from './tape';

let isRegistered = false;

/** Corrects and completes the gradients of TensorFlow.js. */
export function registerGradients(): void {
  if (isRegistered) return;
  isRegistered = true;
  correctTape();
  registerEluGradient();
}
