/**
 * TensorFlow.js for models: pure JavaScript until `loadTensorFlow` sets the native backend, so that importing a model is cheap.
 */
// For the types of chained calls, x.mul(y); the backend's package, or the bundle in a built package, provides the code.
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

export * from '@tensorflow/tfjs-core';
