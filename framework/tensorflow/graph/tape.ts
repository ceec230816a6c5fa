import * as tf from '../tf';

/** Runs code with something about it. */
type Around = <R>(code: () => R) => R;

/** Has TensorFlow.js compute the gradients of what it computes in some code within something else. */
export function withGradients<T>(around: Around, code: () => T): T {
  const before = tape().length;
  const result = code();
  for (const node of tape().slice(before)) {
    const { gradient } = node;
    if (gradient) node.gradient = (dys) => around(() => combine(around, gradient(dys)));
  }
  return result;
}

/** A gradient is a function for each input. */
function combine(around: Around, gradients: Gradients): Gradients {
  return Object.fromEntries(
    Object.entries(gradients).map(([input, gradient]) => [input, () => around(gradient)] as const),
  );
}

/** What TensorFlow.js has computed so far of what is to be differentiated. */
function tape(): readonly TapeNode[] {
  const { activeTape } = tf.engine().state as { readonly activeTape: readonly TapeNode[] | null };
  return activeTape ?? [];
}

type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];
type Gradients = ReturnType<NonNullable<TapeNode['gradient']>>;
