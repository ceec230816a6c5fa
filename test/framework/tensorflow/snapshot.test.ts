import { expect } from 'chai';
import type { TensorData } from '../../../framework/tensorflow/snapshot';
import * as tf from '../../../framework/tensorflow/tf';
import { Variable } from '../../../framework/tensorflow/variable';
import { ENGINES } from '../../support/engines';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

const copied = ({ numbers, mayBeNonFinite }: TensorData) => Promise.resolve({ numbers: [...numbers], mayBeNonFinite });

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`a snapshot of variables, ${how}`, () => {
    withTensorFlow();

    /** A variable of [[1, 2, 3], [4, 5, 6]] that a step has used. */
    async function used() {
      const engine = make();
      const variable = new Variable('x', [2, 3]);
      variable.initialize(() => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]));
      const doubling = engine.program('double', () => {
        variable.assign(tf.mul(variable.value, 2));
        return [];
      });
      const reading = engine.program('read', () => [tf.clone(variable.value)]);
      tf.dispose(await reading.run());
      return { engine, variable, doubling };
    }

    it('has the values of its time, whatever steps do meanwhile', async () => {
      const { engine, variable, doubling } = await used();
      const snapshot = await engine.snapshot([variable]);
      await doubling.run();
      expect((await snapshot.withData(variable, undefined, copied)).numbers).to.deep.equal([1, 2, 3, 4, 5, 6]);
      const [now] = await engine.read([variable]);
      expect([...now!]).to.deep.equal([2, 4, 6, 8, 10, 12]);
      snapshot.dispose();
      engine.close();
      variable.dispose();
    });

    it('provides numbers with permuted axes', async () => {
      const { engine, variable } = await used();
      const snapshot = await engine.snapshot([variable]);
      expect((await snapshot.withData(variable, [1, 0], copied)).numbers).to.deep.equal([1, 4, 2, 5, 3, 6]);
      snapshot.dispose();
      engine.close();
      variable.dispose();
    });

    it('includes variables that no step has used yet', async () => {
      const engine = make();
      const variable = new Variable('x', [2]);
      variable.initialize(() => tf.tensor1d([7, 8]));
      const snapshot = await engine.snapshot([variable]);
      expect((await snapshot.withData(variable, undefined, copied)).numbers).to.deep.equal([7, 8]);
      snapshot.dispose();
      engine.close();
      variable.dispose();
    });

    it('flags non-finite numbers', async () => {
      const { engine, variable } = await used();
      await engine.write([[variable, Float32Array.of(1, 2, NaN, 4, 5, 6)]]);
      const snapshot = await engine.snapshot([variable]);
      expect((await snapshot.withData(variable, undefined, copied)).mayBeNonFinite).to.equal(true);
      snapshot.dispose();
      engine.close();
      variable.dispose();
    });

    it('leaks no tensors', async () => {
      const { engine, variable } = await used();
      const kept = await tensorsKept(async () => {
        const snapshot = await engine.snapshot([variable]);
        await snapshot.withData(variable, [1, 0], copied);
        snapshot.dispose();
      });
      expect(kept).to.equal(0);
      engine.close();
      variable.dispose();
    });
  });
}
