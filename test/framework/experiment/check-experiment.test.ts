import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { newFolder, startRun } from '../../../framework/experiment/lifecycle/start';
import { checkExperiment } from '../../../framework/experiment/lifecycle/check-experiment';
import { readRecord, startRecord } from '../../../framework/run/run-record';
import { SMALL } from '../../support/exp';
import { ingredientsOf } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { withTensorFlow } from '../../support/tensorflow';
import { temporaryFolder } from '../../support/temporary';

describe('incompatible settings', () => {
  const refusals: readonly (readonly [experiment: string, args: readonly string[], message: RegExp])[] = [
    ['diffuse', ['imageSize=9'], /^Images of 9×9 pixels cannot be downsampled 1 times\./],
    ['diffuse', ['model.multipliers=[1]', 'model.attention=[]'], /model\.multipliers has 1 items/],
    [
      'classify',
      ['imageSize=100000'],
      /A batch of 64 images of 100000×100000×1 takes 2,560 GB, but this machine has [\d.,]+ GB of memory/,
    ],
    ['diffuse', ['batchSize=10', 'microBatches=3'], /A batch of 10 cannot be split into 3 equal parts/],
    ['diffuse', ['sampler.steps=2000'], /sampler\.steps=2000: expected at most/],
    ['classify', ['dataset=CelebA'], /A classifier needs class labels, but CelebA has none/],
  ];
  for (const [experiment, args, message] of refusals) {
    it(`are reported before anything is loaded or written: ${args.join(' ')}`, async () => {
      expect(await rejection(checkExperiment(ingredientsOf(experiment, args))))
        .to.be.instanceOf(UserError)
        .with.property('message')
        .that.matches(message);
    });
  }
});

describe('a run that fails before its first step', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const ingredients = ingredientsOf('diffuse', [...SMALL, 'dataset=CelebA', 'dataset.root=nowhere']);

  it('leaves no folder behind', async () => {
    expect(await rejection(startRun(ingredients, runs()))).to.be.instanceOf(UserError);
    expect(readdirSync(join(runs(), 'diffuse'))).to.deep.equal([]);
  });

  it('stays in the list if it was submitted, with its error', async () => {
    const submitted = newFolder(runs(), 'diffuse', { id: 'job' });
    startRecord(submitted, 'diffuse', [], {});
    await rejection(startRun(ingredients, runs(), { identity: { submitted } }));
    expect(readRecord(submitted)).to.include({ status: 'failed' });
  });
});
