import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { SMALL_CLASSIFIER } from '../support/exp';
import { ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const SETTINGS = [...SMALL_CLASSIFIER, 'logEverySteps=1', 'maxSteps=3', 'trackers=[JSONL]', 'compile=false'];
const CROP = ['augmentations=[RandomCrop]', 'augmentations.RandomCrop.padding=2'];

describe('A run with augmentations', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  async function lossesWith(...settings: string[]): Promise<number[]> {
    const { folder } = await startRun(ingredientsOf('classify', [...SETTINGS, ...settings]), runs());
    return metricsOf(folder).flatMap(({ loss }) => loss ?? []);
  }

  it('is trained on varied images, the same in every run', async () => {
    const [plain, varied, again] = [await lossesWith(), await lossesWith(...CROP), await lossesWith(...CROP)];
    expect(varied).to.have.length(3);
    for (const [step, loss] of varied.entries()) expect(loss).not.to.equal(plain[step]);
    expect(again).to.deep.equal(varied);
  });

  const refusals: [settings: string[], output: string][] = [
    [['augmentations=[Flip]'], 'Flip: mirroring changes the meaning of images of Digits'],
    [['augmentations=[RandomCrop]', 'augmentations.RandomCrop.padding=8'], 'RandomCrop: padding of 8 pixels'],
    [['augmentations=[Flop]'], 'augmentations=Flop: unknown Augmentation "Flop".'],
  ];
  for (const [settings, output] of refusals) {
    it(`is refused: ${settings.join(' ')}`, async () => {
      const start = () => startRun(ingredientsOf('diffuse', [...TINY, ...settings]), runs());
      expect(await rejection(Promise.resolve().then(start)))
        .to.be.instanceOf(UserError)
        .with.property('message')
        .that.contains(output);
    });
  }
});
