/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops" preserve="true" />
/**
 * TensorFlow.js for models: pure JavaScript until `loadTensorFlow` sets the native backend, so that importing a model is cheap.
 *
 * The reference has the types of chained calls, x.mul(y); the backend's package, or the bundle in a built package, provides the code.
 */
export * from '@tensorflow/tfjs-core';
