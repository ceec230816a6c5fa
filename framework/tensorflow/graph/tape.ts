import * as tf from '../tf';

/** Runs code within a context. */
type Wrapper = <R>(code: () => R) => R;

/** Runs code and wraps the later computation of its gradients by TensorFlow.js. */
export function withGradients<T>(wrap: Wrapper, code: () => T): T {
  const before = tape().length;
  const result = code();
  for (const node of tape().slice(before)) {
    const { gradient } = node;
    if (gradient) node.gradient = (dys) => wrap(() => wrapEach(wrap, gradient(dys)));
  }
  return result;
}

/** Wraps the gradient function of each input. */
function wrapEach(wrap: Wrapper, gradients: Gradients): Gradients {
  return Object.fromEntries(
    Object.entries(gradients).map(([input, gradient]) => [input, () => wrap(gradient)] as const),
  );
}

/** Operations that TensorFlow.js has recorded so far for differentiation. */
function tape(): readonly TapeNode[] {
  const { activeTape } = tf.engine().state as { readonly activeTape: readonly TapeNode[] | null };
  return activeTape ?? [];
}

type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];
type Gradients = ReturnType<NonNullable<TapeNode['gradient']>>;
