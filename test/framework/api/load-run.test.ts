import { join } from 'node:path';
import { loadRun, run, tf } from 'explab';
import { expect } from 'chai';
import sharp from 'sharp';
import { UserError, messageOf } from '../../../framework/errors';
import { readWeights } from '../../../framework/checkpoint/weights-file';
import { readEvaluations } from '../../../framework/run/evaluations';
import { RunFolder } from '../../../framework/run/run-folder';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { Tiny } from '../../support/tiny-network';

const plugins = [Tiny];
const QUIET = { trackers: ['JSONL'], hardwareEverySeconds: 0, compile: 'false' };
const DIFFUSE = { ...QUIET, imageSize: 8, batchSize: 8, steps: 4, samples: 4, model: 'Tiny', maxSteps: 1 };
const REGRESS = { ...QUIET, epochs: 1, model: { hidden: [] } };

describe('loadRun', () => {
  withTensorFlow();
  const root = temporaryFolder();

  it('generates samples of a run, as files too, the same in calls that overlap', async () => {
    await run('diffuse', DIFFUSE, { root: root(), plugins });
    const kept = await tensorsKept(async () => {
      await using model = await loadRun('latest', { root: root(), plugins, settings: { sampler: 'DDIM' } });
      const samples = (seed: number) => model.sample({ n: 4, seed });
      const alone = await samples(7).file();
      const [same, other] = await Promise.all([samples(7).file(), samples(8).file()]);
      expect(same).to.deep.equal(alone);
      expect(other).to.not.deep.equal(alone);
      const files = await samples(7).files();
      expect(files).to.have.length(4);
      expect(await model.sample({ indices: [2], seed: 7 }).files()).to.deep.equal([files[2]]);
      expect(model.sample().extensions).to.deep.equal({ file: '.png', files: '.png' });
      const { format, width, height } = await sharp(files[0]).metadata();
      expect({ format, width, height }).to.deep.equal({ format: 'png', width: 8, height: 8 });
      let chunks = 0;
      for await (const _ of model.sample({ n: 4, batch: 2 })) chunks += 1;
      expect(chunks).to.equal(2);
      expect(() => model.sample({ n: 0 })).to.throw(UserError, /expected an integer from 1/);
      expect(() => model.sample({ count: 1 } as object)).to.throw(UserError, /unknown option "count"/);
      const settings = { batchSize: 4 };
      expect(await rejection(loadRun('latest', { root: root(), plugins, settings }))).to.match(/cannot be changed/);
    });
    expect(kept).to.equal(0);
  });

  it('calls the functions of a model, and evaluates it', async () => {
    const trained = await run('regress', REGRESS, { root: root() });
    const folder = new RunFolder(trained.folder);
    const model = await loadRun(trained.id, { root: root() });
    const predict = model.functions['serving_default'];
    if (!predict) throw new Error('regress has no function');
    const rows = [Array.from({ length: 10 }, (_, column) => column / 10), new Array<number>(10).fill(1)];
    // y = w · x + b, of the weights in the checkpoint.
    const { arrays } = await readWeights(join(folder.checkpoints, String(trained.step), 'model.safetensors'));
    const [w, b] = ['weight', 'bias'].map((name) => arrays.find((each) => each.name.endsWith(name))?.data ?? []);
    const expected = rows.map((row) => row.reduce((sum, x, column) => sum + x * Number(w?.[column]), Number(b?.[0])));
    const kept = await tensorsKept(async () => {
      const { y } = await predict({ x: rows });
      expect(y).to.have.length(2);
      (y as number[]).forEach((each, index) => expect(each).to.be.closeTo(expected[index] ?? NaN, 1e-5));
      expect((await predict({ x: rows.slice(1) }))['y']).to.deep.equal((y as number[]).slice(1));
    });
    expect(kept).to.equal(0);
    const message = async (inputs: Record<string, unknown>) =>
      messageOf(await rejection(predict(inputs as Record<string, number[][]>)));
    expect(await message({ x: [[1, 2]] })).to.equal('serving_default: expected x of shape [1, 10], got [1, 2].');
    const [row = []] = rows;
    expect(await message({ x: [row, [1, 2]] })).to.equal(
      'serving_default: x[1]: expected an array of length 10, got 2.',
    );
    expect(await message({ x: [row, null] })).to.equal(
      'serving_default: x[1]: expected an array of length 10, got null.',
    );
    expect(await message({ x: [row, [...row.slice(1), '5']] })).to.equal(
      'serving_default: x[1][9]: expected a number, got String.',
    );
    expect(await message({ X: rows })).to.equal('serving_default: unknown input "X".');
    expect(await message({})).to.equal('serving_default: the input "x" is missing.');

    const evaluation = await model.evaluate();
    expect(evaluation.numbers['valid/loss']).to.be.closeTo(trained.metrics.at(-1)?.['valid/loss'] ?? NaN, 1e-3);
    expect(readEvaluations(folder)).to.deep.equal([evaluation]);
    expect(Object.keys((await model.evaluate({ metrics: ['valid/error'] })).numbers)).to.deep.equal(['valid/error']);
    expect(await rejection(model.evaluate({ metrics: ['valid/eror'] }))).to.include({
      message: 'Unknown metric "valid/eror".',
      text: 'Unknown metric "valid/eror".\n  Did you mean valid/error? Metrics of the evaluation: valid/error, valid/loss.',
    });
    expect(messageOf(await rejection(model.evaluate({ n: -1 })))).to.equal(
      'evaluate: n: expected an integer of at least 1, got -1.',
    );
    expect(() => model.sample()).to.throw(UserError, /does not generate samples/);
  });

  it('closes a model once its calls have ended, and refuses further ones', async () => {
    const trained = await run('regress', { ...REGRESS, compile: 'auto' }, { root: root() });
    const before = tf.memory().numTensors;
    const model = await loadRun(trained.folder);
    const call = () => model.functions['serving_default']?.({ x: [new Array<number>(10).fill(0)] });
    const running = call();
    await Promise.all([model.close(), model.close()]);
    expect(await running).to.have.keys('y');
    expect(messageOf(await rejection(Promise.resolve().then(call)))).to.match(/is closed/);
    expect(tf.memory().numTensors).to.equal(before);
  });
});
