/**
 * TensorFlow.js as models use it: pure JavaScript until `loadTensorFlow` gives it the native backend, so that importing a model
 * costs little.
 */
// For the types of chained calls, x.mul(y); the backend's package brings the code.
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

export * from '@tensorflow/tfjs-core';
