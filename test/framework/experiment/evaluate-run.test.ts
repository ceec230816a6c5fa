import { appendFileSync, existsSync } from 'node:fs';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { evaluateRun } from '../../../framework/experiment/evaluation/evaluate-run';
import { chunk, type SamplingOptions } from '../../../framework/experiment/sampling/samples';
import { sampleInChunks } from '../../../plugins/images/sampling/images';
import { readEvaluations } from '../../../framework/run/evaluations';
import type { RunFolder } from '../../../framework/run/run-folder';
import { SMALL_CLASSIFIER } from '../../support/exp';
import { ingredientsOf, metricsOf, TINY } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';
import { trainedOnce } from '../../support/trained-once';

const SETTINGS = [...TINY, 'model.channels=32', 'maxSteps=2', 'trackers=[JSONL]', 'sampler=DDIM', 'sampler.steps=1'];

interface Asked {
  readonly measures?: readonly string[];
  readonly count?: number;
  readonly seed?: number;
  readonly settings?: readonly string[];
}

describe('evaluating a run', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const train = async (name: string, args: readonly string[]): Promise<RunFolder> =>
    (await trainedOnce(runs(), [name, ...args], (root) => startRun(ingredientsOf(name, args), root))).folder;

  async function evaluate({ measures, count = 80, seed = 1, settings = [] }: Asked, lines: string[] = []) {
    const { registry, monitor } = ingredientsOf('diffuse', [], { output: lines });
    const { evaluation } = await evaluateRun({
      registry,
      monitor,
      runs: runs(),
      run: 'latest',
      metrics: measures,
      count,
      seed,
      settings,
    });
    return evaluation;
  }

  const complaint = async (asked: Asked): Promise<string> => {
    const error = await rejection(evaluate(asked));
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).text;
  };

  it('measures samples of its model, the same for the same seed, and records the result in its folder', async () => {
    const folder = await train('diffuse', SETTINGS);
    const all = await evaluate({ settings: ['quality.batchSize=32'] });
    expect(all).to.deep.include({ step: 2, images: 80, seed: 1, reference: 1797, width: 64 });
    expect(all.numbers).to.have.all.keys('fid', 'kid', 'recognised', 'spread');
    // A network that has hardly begun draws noise.
    expect(all.numbers['fid']).to.be.above(5);
    expect(all.settings).to.include({ sampler: 'DDIM', 'quality.features': 'DigitClassifier' });
    const again = await evaluate({ measures: ['fid'], settings: ['quality.batchSize=32'] });
    expect(again.numbers).to.deep.equal({ fid: all.numbers['fid'] });
    expect((await evaluate({ measures: ['fid'], seed: 2 })).numbers['fid']).not.to.equal(all.numbers['fid']);
    expect(readEvaluations(folder).map(({ numbers }) => Object.keys(numbers).length)).to.deep.equal([4, 1, 1]);
    // A line that was torn, as by a full disk, is passed over.
    appendFileSync(folder.evaluations, '{"numb\n');
    expect(readEvaluations(folder)).to.have.length(3);
  });

  it('warns if there are too few images for the features', async () => {
    await train('diffuse', SETTINGS);
    const output: string[] = [];
    await evaluate({ count: 64, settings: ['sampler.steps=2'] }, output);
    expect(output.join(''))
      .to.contain('Warning: 64 sampled images are too few for 64 features')
      .and.contain('Use at least 65');
    const quiet: string[] = [];
    await evaluate({ count: 65, settings: ['quality.reference=70'] }, quiet);
    expect(quiet.join('')).not.to.contain('Warning');
  });

  it('refuses invalid requests before sampling, and records nothing', async () => {
    const folder = await train('diffuse', SETTINGS);
    expect(await complaint({ measures: ['fod'] }))
      .to.contain('Unknown measure "fod".')
      .and.contain('Did you mean fid?');
    expect(await complaint({ count: 1 })).to.match(/^-n 1: expected an integer from 2/);
    expect(await complaint({ seed: -1 })).to.contain('--seed -1');
    expect(await complaint({ settings: ['steps=2'] })).to.contain('steps cannot be changed for sampling');
    const noFeatures = await complaint({ settings: ['~quality.features'] });
    expect(noFeatures).to.contain('No feature extractor is configured').and.contain('quality.features=SavedModel');
    const missing = ['quality.features=SavedModel', 'quality.features.path=nowhere'];
    expect(await complaint({ settings: missing })).to.contain('nowhere is not a SavedModel');
    expect(existsSync(folder.evaluations)).to.equal(false);
  });

  it('of an experiment without an evaluator of its own is what it tracks after an epoch', async () => {
    const folder = await train('classify', [...SMALL_CLASSIFIER, 'maxSteps=2', 'trackers=[JSONL]']);
    const { 'valid/loss': loss, 'valid/accuracy': accuracy } = metricsOf(folder).at(-1)!;
    const { numbers } = await evaluate({});
    expect(numbers).to.deep.equal({ 'valid/loss': loss, 'valid/accuracy': accuracy });
    expect(readEvaluations(folder)).to.have.length(1);
  });

  it('also happens during training, every n epochs and at the end, and changes no weight', async () => {
    const args = [...SETTINGS, 'maxSteps=3', 'batchSize=900', 'epochs=3'];
    const folder = await train('diffuse', [...args, 'quality.every=2', 'quality.images=65']);
    const measured = metricsOf(folder).filter((line) => 'quality/fid' in line);
    expect(measured.map(({ step }) => step)).to.deep.equal([2, 3]);
    for (const line of measured) expect(line).to.include.keys('quality/kid', 'quality/recognised', 'quality/spread');
    const plain = await train('diffuse', args);
    const losses = [folder, plain].map((run) => metricsOf(run).at(-1)!['loss']);
    expect(losses[0]).to.equal(losses[1]);
  });
});

describe('sampling in parts', () => {
  it('uses parts of equal size, seeds images by their numbers, and returns the requested number', async () => {
    const asked: SamplingOptions[] = [];
    async function* draw(drawing: SamplingOptions) {
      asked.push(drawing);
      for (const part of chunk(drawing.indices, drawing.batch!))
        yield await Promise.resolve({
          pixels: Uint8Array.from(part.flatMap((image) => [image, 0, 0, 0])),
          shape: [2, 2, 1] as const,
        });
    }
    const parts: number[][] = [];
    for await (const { pixels } of sampleInChunks(draw, 7, 3, 5))
      parts.push([...pixels].filter((_, index) => index % 4 === 0));
    expect(parts).to.deep.equal([[0, 1, 2], [3, 4, 5], [6]]);
    expect(asked).to.deep.equal([{ seed: 5, indices: [0, 1, 2, 3, 4, 5, 6, 7, 8], batch: 3 }]);
  });
});
