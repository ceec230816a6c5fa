import { TensorFlowError } from './graph/c-api';

/** `TF_RESOURCE_EXHAUSTED`. */
const RESOURCE_EXHAUSTED = 8;

/** Whether TensorFlow failed to allocate memory. */
export function isOutOfMemory(error: unknown): boolean {
  const isEager = error instanceof Error && /\bOOM when allocating\b/.test(error.message);
  return isEager || (error instanceof TensorFlowError && error.code === RESOURCE_EXHAUSTED);
}
