import * as tf from '../tf';

/** The recorder of TensorFlow.js's engine. */
interface Recorder {
  readonly state: { readonly activeTape: object[]; kernelDepth: number };
  isTapeOn(): boolean;
  addTapeNode: (
    name: string,
    inputs: object,
    outputs: readonly tf.Tensor[],
    gradient: unknown,
    saved: readonly tf.Tensor[],
    attributes: object,
  ) => void;
}

/** Whether ops are being recorded for differentiation: in a gradient function, whether the gradient itself is differentiated. */
export function isRecording(): boolean {
  return recorder().isTapeOn();
}

/** Runs code whose ops are not recorded for differentiation, as those within a kernel are not. */
export function withoutRecording<T>(code: () => T): T {
  const { state } = recorder();
  state.kernelDepth++;
  try {
    return code();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * Corrects the tape of TensorFlow.js, from which it differentiates; must be called once:
 * - An op comes before the clones of its inputs and outputs that it saves for its gradient. TensorFlow.js records them after the clones, so
 *   that a saved output seemed to be independent of the op's inputs, and second-order gradients were wrong.
 * - An op whose outputs are integers or booleans is not recorded: it has no gradient.
 */
export function correctTape(): void {
  const engine = recorder();
  const record = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (name, inputs, outputs, gradient, saved, attributes) => {
    if (!outputs.some(isDifferentiable)) {
      tf.dispose([...saved]);
      return;
    }
    record(name, inputs, outputs, gradient, saved, attributes);
    const tape = engine.state.activeTape;
    const clones = saved.filter(isDifferentiable).length;
    tape.splice(tape.length - 1 - clones, 0, ...tape.splice(-1));
  };
}

function isDifferentiable({ dtype }: tf.Tensor): boolean {
  return dtype !== 'int32' && dtype !== 'bool';
}

function recorder(): Recorder {
  return tf.engine() as unknown as Recorder;
}
