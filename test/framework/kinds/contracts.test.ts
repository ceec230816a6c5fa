import { expect } from 'chai';
import * as tf from '../../../framework/tensorflow/tf';
import { conditioned } from '../../../experiments/diffuse/guidance';
import { augmented } from '../../../plugins/images/data/augmented';
import { UserError } from '../../../framework/errors';
import { FeatureTable } from '../../../plugins/images/quality/feature-table';
import { Augmentation } from '../../../plugins/images/kinds/augmentation';
import { checkAlphaBar, Diffusion } from '../../../plugins/diffusion/kinds/diffusion';
import { type Extracted, FeatureExtractor } from '../../../plugins/images/kinds/feature-extractor';
import { factorOf, LearningRateSchedule } from '../../../framework/kinds/learning-rate-schedule';
import { NoisePredictor } from '../../../plugins/diffusion/kinds/noise-predictor';
import { betasOf, NoiseSchedule } from '../../../plugins/diffusion/kinds/noise-schedule';
import { checkVariables, Optimizer } from '../../../framework/kinds/optimizer';
import { countOf, Searcher, type Suggestion, suggestionOf } from '../../../framework/kinds/searcher';
import { checkShape } from '../../../framework/kinds/contract';
import { Random } from '../../../framework/random/random';
import { rejection } from '../../support/rejection';
import { withTensorFlow } from '../../support/tensorflow';

/** An object of a kind that gives what it is told, whatever the kind wants. */
function broken<T extends object>(Kind: abstract new () => T, members: Readonly<Record<string, unknown>>): T {
  class Broken extends (Kind as unknown as new () => object) {}
  return Object.assign(new Broken(), members) as T;
}

async function expectRefusal(call: () => unknown, message: string): Promise<void> {
  const error = await rejection(Promise.resolve().then(call));
  expect(error).to.be.an.instanceOf(UserError);
  expect((error as UserError).message).to.equal(`Broken: ${message}.`);
}

describe('a plugin that breaks its contract is refused when its result is used', () => {
  withTensorFlow();

  const BETAS: [number[], string][] = [
    [[0.1, 0.1], 'betas(): expected 3 numbers, got 2'],
    [[0.1, NaN, 0.1], 'betas(), number 1: expected a finite number, got NaN'],
  ];
  for (const [betas, message] of BETAS) {
    it(`a noise schedule that returns ${betas.join(', ')} for three steps`, async () => {
      const schedule = broken(NoiseSchedule, { betas: () => Float64Array.from(betas) });
      await expectRefusal(() => betasOf(schedule, 3), message);
    });
  }

  it('a noise schedule or a diffusion process without numbers', async () => {
    const schedule = broken(NoiseSchedule, { betas: () => undefined });
    await expectRefusal(() => betasOf(schedule, 3), 'betas(): expected 3 numbers, got undefined');
    await expectRefusal(() => checkAlphaBar(broken(Diffusion, {})), 'alphaBar(): expected 1 numbers, got undefined');
  });

  it('a diffusion process whose ᾱ rises, is 1, or is 0 before its end', async () => {
    const check = (...alphaBar: number[]) =>
      checkAlphaBar(broken(Diffusion, { alphaBar: Float64Array.from(alphaBar) }));
    const wanted = (below: number) => `expected a number below ${below}, and above 0 before the last step`;
    await expectRefusal(() => check(0.5, 0.6), `ᾱ at step 2 of 2: ${wanted(0.5)}, got 0.6`);
    await expectRefusal(() => check(1, 0.5), `ᾱ at step 1 of 2: ${wanted(1)}, got 1`);
    await expectRefusal(() => check(0.5, 0, 0), `ᾱ at step 2 of 3: ${wanted(0.5)}, got 0`);
    await expectRefusal(() => check(), 'alphaBar(): expected 1 numbers, got 0');
    expect(() => check(0.5, 0)).not.to.throw();
  });

  it('a network whose output differs in shape from the image', async () => {
    const model = broken(NoisePredictor, { predict: (xt: tf.Tensor4D) => tf.mean(xt, 3, true) });
    const [xt, t, labels] = [tf.zeros<tf.Rank.R4>([2, 4, 4, 3]), tf.tensor1d([0, 0]), tf.tensor1d([1, 1], 'int32')];
    const message = (batch: number) => `predict(): expected shape [${batch}, 4, 4, 3], got [${batch}, 4, 4, 1]`;
    await expectRefusal(() => conditioned(model).predict(xt, t), message(2));
    await expectRefusal(() => conditioned(model, labels).predict(xt, t), message(2));
    // With guidance it is asked about both at once.
    await expectRefusal(() => conditioned(model, labels, 3).predict(xt, t), message(4));
  });

  it('a tensor with fewer or more axes', async () => {
    const tensor = tf.zeros([2, 3]);
    await expectRefusal(
      () => checkShape(broken(Object, {}), 'logits', tensor, [2]),
      'logits(): expected shape [2], got [2, 3]',
    );
    expect(checkShape({}, 'logits', tensor, [2, 3])).to.equal(tensor);
    tensor.dispose();
  });

  it('an augmentation that returns a different number of bytes', async () => {
    const cut = broken(Augmentation, { augment: (pixels: Uint8Array) => pixels.subarray(1) });
    const batch = { pixels: new Uint8Array(8) };
    const message = 'augment(): expected a Uint8Array of 8, as passed in, got Uint8Array of 7';
    await expectRefusal(() => augmented(batch, [2, 2, 1], [cut], Random.fromSeed(1)), message);
  });

  for (const factor of [NaN, Infinity, -0.1]) {
    it(`a learning-rate schedule with the factor ${factor}`, async () => {
      const schedule = broken(LearningRateSchedule, { factor: () => factor });
      await expectRefusal(
        () => factorOf(schedule, 3, 9),
        `factor(3, 9): expected a finite number, 0 or more, got ${factor}`,
      );
    });
  }

  it('an extractor with a wrong number of features, non-finite features, or invalid probabilities', async () => {
    const extract = (extracted: Partial<Extracted>) => {
      const extractor = broken(FeatureExtractor, { width: 2, classes: 1, extract: () => Promise.resolve(extracted) });
      return new FeatureTable(extractor, [2, 2, 1], 3).add(new Uint8Array(12));
    };
    const features = new Float32Array(6);
    await expectRefusal(
      () => extract({ features: new Float32Array(9) }),
      'features of extract(): expected 6 numbers, got 9',
    );
    await expectRefusal(
      () => extract({ features: features.with(4, NaN) }),
      'features of extract(), number 4: expected a finite number, got NaN',
    );
    await expectRefusal(() => extract({ features }), 'probabilities of extract(): expected 3 numbers, got 0');
  });

  it("an optimizer with two variables of the same name, or one whose axes differ from its parameter's", async () => {
    const slot = (name: string, shape: number[]) => ({ variable: { name, shape }, parameter: { shape: [2, 3] } });
    const check = (...variables: object[]) => checkVariables(broken(Optimizer, { variables }));
    const message = 'variables: expected a name for each, got a.sum twice';
    await expectRefusal(() => check(slot('a.sum', [2, 3]), slot('a.sum', [2, 3])), message);
    await expectRefusal(() => check(slot('a.sum', [2])), 'a.sum: expected 2 axes, as its parameter has, got 1');
  });

  it('a searcher that suggests a setting that is not swept, omits one that is, or returns no text or an invalid number of jobs', async () => {
    const space = { seed: { type: 'choice', choices: ['1', '2'] } } as const;
    const suggest = (suggestion: object) =>
      suggestionOf(broken(Searcher, { suggest: () => suggestion as Suggestion }), space, 4);
    await expectRefusal(() => suggest({ sede: '1' }), 'suggest() for job 4: expected seed, got sede');
    await expectRefusal(() => suggest({}), 'suggest() for job 4: expected seed, got nothing');
    await expectRefusal(() => suggest({ seed: 1 }), 'suggest() for job 4, seed: expected a string, got 1');
    await expectRefusal(
      () => countOf(broken(Searcher, { count: () => 1.5 }), space),
      'count(): expected an integer of at least 1, got 1.5',
    );
  });
});
