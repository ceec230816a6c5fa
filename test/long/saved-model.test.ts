import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { exportSavedModel } from '../../framework/experiment/weights/export-saved-model';
import { Random } from '../../framework/random/random';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../framework/tensorflow/tf';
import { largestError } from '../support/close';
import { FUNCTIONS, ownResults } from '../support/exported';
import { ingredientsOf } from '../support/run-options';
import { type Python, pythonWithTensorFlow } from '../support/python';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';

/** The embedded digits with the settings of their preset, for some updates; attention and several resolutions are in it. */
const WORDS = ['maxSteps=3', 'steps=4', 'trackers=[]', 'samples=1'];

/** What a SavedModel's function gives as TensorFlow 1 and 2 load it. */
interface Loaded {
  readonly first: Readonly<Record<string, number[]>>;
  readonly second: Readonly<Record<string, number[]>>;
}

describe("TensorFlow's Python", () => {
  withTensorFlow();
  const root = temporaryFolder();
  let python: Python;
  before(async function () {
    this.timeout(600_000);
    python = await pythonWithTensorFlow();
  });

  /** Trains a run and exports it. */
  async function exported(name: string, args: readonly string[], count: number) {
    const ingredients = ingredientsOf(name, args);
    const { folder: run } = await startRun(ingredients, join(root(), 'runs'));
    const model = join(root(), `model-${run.id}-${name}`);
    await exportSavedModel(ingredients, run, count, model);
    return { ingredients, run, model };
  }

  const exportedImages = (seed: number) => exported('diffuse', [...WORDS, `seed=${seed}`], 4);

  function load(calls: readonly object[]): Loaded[] {
    const file = join(root(), 'calls.json');
    writeFileSync(file, JSON.stringify(calls));
    return JSON.parse(python(join(__dirname, 'load-saved-model.py'), file)) as Loaded[];
  }

  it('runs exported models with equal results, two at once', async () => {
    const models = [await exportedImages(1), await exportedImages(2)];
    const x = () => Random.fromSeed(1).normal([4, 8, 8, 1]);
    const numbers = Array.from(x().dataSync());
    const inputs = { x: ['float32', [4, 8, 8, 1], numbers], key: ['int32', [], [-77]] };
    const calls = models.flatMap(({ model }) => [
      {
        model,
        function: 'serving_default',
        inputs: { x: inputs.x, kept: inputs.x, stage: ['int32', [], [1]], key: inputs.key },
      },
      { model, function: 'sample', inputs },
    ]);
    const results = load(calls);
    for (const { ingredients, run } of models) {
      const key = () => tf.scalar(-77, 'int32');
      const step = [x(), x(), tf.scalar(1, 'int32'), key()];
      const [stage = []] = await ownResults(ingredients, run, new GraphEngine({}), 'serving_default', step);
      const own = [stage, ...(await ownResults(ingredients, run, new GraphEngine({}), 'sample', [x(), key()]))];
      for (const wanted of own) {
        const { first, second } = results.shift()!;
        for (const found of [first['x'], second['x']]) expect(largestError(found!, wanted)).to.be.below(1e-6);
      }
    }
  }).timeout(600_000);

  it('runs the functions of experiments that have one, with equal results', async () => {
    const calls: object[] = [];
    const results: number[][] = [];
    for (const { experiment, args, input, makeInput } of FUNCTIONS) {
      const { ingredients, run, model } = await exported(experiment, args, 2);
      const tensor = makeInput();
      const inputs = { [input]: [tensor.dtype, tensor.shape, Array.from(tensor.dataSync())] };
      calls.push({ model, function: 'serving_default', inputs });
      results.push(...(await ownResults(ingredients, run, new GraphEngine({}), 'serving_default', [tensor])));
    }
    for (const [index, { first, second }] of load(calls).entries()) {
      const { experiment, output } = FUNCTIONS[index]!;
      for (const { [output]: found = [] } of [first, second])
        expect(largestError(found, results[index]!), experiment).to.be.below(1e-6);
    }
  }).timeout(600_000);

  it('shows the signature of an exported model', async () => {
    const { model } = await exportedImages(1);
    const args = ['show', '--dir', model, '--tag_set', 'serve', '--signature_def', 'serving_default'];
    const shown = python('-m', 'tensorflow.python.tools.saved_model_cli', ...args).replace(/\s+/g, ' ');
    expect(shown)
      .to.contain("inputs['x'] tensor_info: dtype: DT_FLOAT shape: (4, 8, 8, 1)")
      .and.to.contain("inputs['stage'] tensor_info: dtype: DT_INT32 shape: ()")
      .and.to.contain("outputs['x'] tensor_info: dtype: DT_FLOAT shape: (4, 8, 8, 1)");
  }).timeout(600_000);
});
