import { messageOf } from '../../../framework/errors';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../../framework/tensorflow/tf';
import { rejection } from '../rejection';
import type { Refused } from './refused';

/** The error of a compiled step with an operation. @throws Error if there is none */
export async function refusalOf({ apply }: Refused): Promise<string> {
  const engine = new GraphEngine({});
  const x = tf.tensor2d([1, -2, 3, -4], [2, 2]);
  const begun: unknown[] = [];
  const step = (x: tf.Tensor): tf.Tensor[] => {
    // An op that is asynchronous fails later than the step.
    begun.push(apply(x as tf.Tensor2D));
    return begun.filter((result): result is tf.Tensor => result instanceof tf.Tensor);
  };
  try {
    const run = engine.program('step', step).run(x);
    return messageOf(await rejection(run.then(() => Promise.all(begun))));
  } finally {
    engine.close();
    x.dispose();
  }
}
