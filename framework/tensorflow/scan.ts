import { type LoopBody, addLoop } from './graph/loop';
import { currentTrace } from './graph/trace';
import * as tf from './tf';

/** One step of a scan. @returns the next state, with the shape of the state; float32 */
export type ScanStep = (state: tf.Tensor, input: tf.Tensor, ...constants: tf.Tensor[]) => tf.Tensor;

/** What a scan runs on: the initial state, the inputs, the constants. */
type Operands = [initial: tf.Tensor, inputs: tf.Tensor, ...constants: tf.Tensor[]];

/** Steps in the body of a loop: with more of them, tracing takes longer; with fewer, running does. */
const STEPS_PER_ITERATION = 16;

/**
 * Runs a step along a sequence, each time with its previous result. Differentiable once, by the initial state, the inputs and the
 * constants. In a graph, long sequences are a TensorFlow loop forwards and one backwards, whose bodies are traced once.
 * @param initial float32, the state before the first step; borrowed
 * @param inputs float32 [time, ...], one for each step; borrowed
 * @param constants float32, further inputs of every step; borrowed. The step must use no other tensors, and no variables.
 * @returns all states: float32 [time, ...state]; the caller disposes
 */
export function scan(
  initial: tf.Tensor,
  inputs: tf.Tensor,
  constants: readonly tf.Tensor[],
  step: ScanStep,
): tf.Tensor {
  const [time = 0, ...sides] = inputs.shape;
  const iterations = Math.floor(time / STEPS_PER_ITERATION);
  return tf.tidy(() => {
    if (!currentTrace() || iterations < 2) return unrolled([initial, inputs, ...constants], step);
    const looped = iterations * STEPS_PER_ITERATION;
    const chunks = tf.reshape(tf.slice(inputs, 0, looped), [iterations, STEPS_PER_ITERATION, ...sides]);
    const states = tf.reshape(scanChunks([initial, chunks, ...constants], step), [looped, ...initial.shape]);
    if (looped === time) return states;
    const last = tf.reshape(tf.slice(states, looped - 1, 1), initial.shape);
    return tf.concat([states, unrolled([last, tf.slice(inputs, looped), ...constants], step)]);
  });
}

function unrolled([initial, inputs, ...constants]: Operands, step: ScanStep): tf.Tensor {
  // TensorFlow.js cannot differentiate unstack with a single result.
  const each = inputs.shape[0] === 1 ? [tf.squeeze(inputs, [0])] : tf.unstack(inputs);
  const states: tf.Tensor[] = [];
  for (const input of each) states.push(step(states.at(-1) ?? initial, input, ...constants));
  return tf.stack(states);
}

/** @returns float32 [iterations, steps, ...state] for inputs [iterations, steps, ...] */
function scanChunks(operands: Operands, step: ScanStep): tf.Tensor {
  const operation = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = inputs.pop() as tf.GradSaveFunc;
    const operands = inputs as Operands;
    const value = forwards(operands, step);
    save([value, ...operands]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backwards(dy, saved, step) };
  });
  return operation(...operands);
}

function forwards([initial, chunks, ...constants]: Operands, step: ScanStep): tf.Tensor {
  const [iterations = 0, steps = 0] = chunks.shape;
  const none = tf.zeros([iterations, steps, ...initial.shape]);
  const [, all] = loop(iterations, [initial, none], [chunks, ...constants], (index, values, rest) => {
    const [state, all] = values as [tf.Tensor, tf.Tensor];
    const [chunks, ...constants] = rest as [tf.Tensor, ...tf.Tensor[]];
    const states = unrolled([state, rowOf(chunks, index), ...constants], step);
    return [rowOf(states, tf.scalar(steps - 1, 'int32')), withRow(all, index, states)];
  });
  return all as tf.Tensor;
}

/**
 * Propagates the gradient from the last iteration to the first.
 * @param dy gradient by all states
 * @param saved all states, then the operands
 * @returns the gradients by the operands
 */
function backwards(dy: tf.Tensor, saved: readonly tf.Tensor[], step: ScanStep): tf.Tensor[] {
  const [states, initial, chunks, ...constants] = saved as [tf.Tensor, ...Operands];
  const [iterations = 0, steps = 0] = chunks.shape;
  const lasts = tf.gather(states, tf.scalar(steps - 1, 'int32'), 1);
  const before = tf.concat([tf.expandDims(initial), tf.slice(lasts, 0, iterations - 1)]);
  const none = [initial, chunks, ...constants].map(({ shape }) => tf.zeros(shape));
  return loop(iterations, none, [dy, before, chunks, ...constants], (index, gradients, rest) => {
    const [dState, dChunks, ...dConstants] = gradients as Operands;
    const [dy, before, chunks, ...constants] = rest as [tf.Tensor, ...Operands];
    const row = tf.sub<tf.Scalar>(tf.scalar(iterations - 1, 'int32'), index);
    const operands: Operands = [rowOf(before, row), rowOf(chunks, row), ...constants];
    const [dBefore, dChunk, ...added] = chunkGradients(step, operands, addedToLast(rowOf(dy, row), dState));
    return [dBefore, withRow(dChunks, row, dChunk), ...dConstants.map((sum, i) => tf.add(sum, added[i] ?? 0))];
  });
}

/** Gradients by the operands of one iteration; zeros by those that it does not use. */
function chunkGradients(step: ScanStep, operands: Operands, dy: tf.Tensor): Operands {
  const engine = tf.engine();
  // TensorFlow.js drops the tape of the gradient that is being computed if another one is computed within it.
  const { activeTape } = engine.state;
  const { grads } = engine.gradients(() => unrolled(operands, step) as tf.Scalar, operands, dy, true);
  engine.state.activeTape = activeTape;
  return operands.map((operand, index) => (grads[index] as tf.Tensor | null) ?? tf.zerosLike(operand)) as Operands;
}

function loop(count: number, initial: tf.Tensor[], constants: tf.Tensor[], body: LoopBody): tf.Tensor[] {
  const trace = currentTrace();
  if (!trace) throw new Error('a scan was differentiated outside the trace that it belongs to');
  return addLoop(trace, count, initial, constants, body);
}

/** @returns the rows with a tensor added to the last one */
function addedToLast(rows: tf.Tensor, tensor: tf.Tensor): tf.Tensor {
  const last = rows.shape[0] - 1;
  return tf.concat([tf.slice(rows, 0, last), tf.add(tf.slice(rows, last, 1), tf.expandDims(tensor))]);
}

function rowOf(rows: tf.Tensor, index: tf.Scalar): tf.Tensor {
  return tf.gather(rows, index);
}

/** @returns the rows with one replaced */
function withRow(rows: tf.Tensor, index: tf.Scalar, row: tf.Tensor): tf.Tensor {
  return tf.tensorScatterUpdate(rows, tf.reshape(index, [1, 1]), tf.expandDims(row));
}
