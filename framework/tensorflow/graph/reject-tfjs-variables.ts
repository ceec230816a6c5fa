import { UserError } from '../../errors';
import * as tf from '../tf';

/** @throws UserError if a tensor is a `tf.variable` or shares its data: in a graph it would keep the value that it had in the trace */
export function rejectTfjsVariable(tensor: tf.Tensor): void {
  const variables = Object.values(tf.engine().registeredVariables);
  const found = variables.find(({ dataId }) => dataId === tensor.dataId);
  if (found) throw frozenVariable(found.name);
}

/** Makes `tf.Variable.assign` throw while a step is traced. @returns a function that restores it */
export function rejectTfjsAssignment(): () => void {
  const { prototype } = tf.Variable;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- only restored
  const { assign } = prototype;
  prototype.assign = function (this: tf.Variable) {
    throw frozenVariable(this.name);
  };
  return () => void (prototype.assign = assign);
}

function frozenVariable(name: string): UserError {
  return new UserError(
    `The tf.variable ${name} was used while a step was traced: every step would get the value that it had then.`,
    {
      hints: [
        'Use a Variable, or a Parameter of a Module, and an Optimizer. tf.train and tf.layers keep their weights in tf.variable too.',
      ],
    },
  );
}
