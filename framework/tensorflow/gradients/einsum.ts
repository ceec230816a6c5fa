import { UserError } from '../../errors';
import * as tf from '../tf';

/** An operand of an einsum, with a label for each axis. */
interface Operand {
  readonly labels: string;
  readonly tensor: tf.Tensor;
}

/** Registers the gradient of einsum, which TensorFlow.js lacks. */
export function registerEinsumGradient(): void {
  tf.registerGradient({
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const { equation } = attributes as unknown as { equation: string };
      const [inputs = '', output = ''] = equation.replaceAll(' ', '').split('->');
      const operands = inputs.split(',').map((labels, index) => ({ labels, tensor: saved[index] as tf.Tensor }));
      checkLabels(equation, [...operands.map(({ labels }) => labels), output]);
      const result = { labels: output, tensor: dy as tf.Tensor };
      const gradients = operands.map((operand) => () => {
        const others = operands.filter((other) => other !== operand);
        return gradientOf(operand, [result, ...others]);
      });
      return Object.fromEntries(gradients.entries());
    },
  });
}

/** An einsum of the result's gradient with the other operands, repeated along axes that only this operand has. */
function gradientOf({ labels, tensor }: Operand, others: readonly Operand[]): tf.Tensor {
  const isShared = (label: string) => others.some((other) => other.labels.includes(label));
  const shared = Array.from(labels).filter(isShared).join('');
  const equation = `${others.map((other) => other.labels).join()}->${shared}`;
  const sum = tf.einsum(equation, ...others.map((other) => other.tensor));
  const sides = tensor.shape.map((side, axis) => (isShared(labels[axis] ?? '') ? side : 1));
  return tf.broadcastTo(tf.reshape(sum, sides), tensor.shape);
}

/** @throws UserError if a label is repeated within an operand, or is an ellipsis */
function checkLabels(equation: string, operands: readonly string[]): void {
  if (operands.every((labels) => new Set(labels).size === labels.length && !labels.includes('.'))) return;
  throw new UserError(`tf.einsum has no gradient for ${equation}: an operand repeats a label or has an ellipsis.`, {
    hints: ['Use another label for each axis.'],
  });
}
