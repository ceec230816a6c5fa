import { join } from 'node:path';
import { expect } from 'chai';
import * as tf from '../../../../framework/tensorflow/tf';
import { mkdirSync } from 'node:fs';
import { UserError } from '../../../../framework/errors';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import type { SavedFunction } from '../../../../framework/tensorflow/saved-function';
import { Variable } from '../../../../framework/tensorflow/variable';
import { SavedModel, SavedModelSettings } from '../../../../plugins/images/features/saved-model';
import { rejection } from '../../../support/rejection';
import { settingsOf } from '../../../support/settings';
import { temporaryFolder } from '../../../support/temporary';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';

/** A SavedModel has a variable. */
function times(factor: Variable): SavedFunction['step'] {
  return (images) => {
    const scaled = tf.mul(images, factor.value);
    return [tf.mean(scaled, [1, 2]), tf.mean(tf.reshape(scaled, [3, 2, -1]), 2), tf.clone(scaled)];
  };
}

/** The mean of each channel, and of each half of the image. */
const means = {
  inputs: { images: { shape: [3, 4, 4, 3], dtype: 'float32' } },
  outputs: ['features', 'halves', 'maps'],
} as const;

describe('features of a SavedModel', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const opened: SavedModel[] = [];
  const path = () => join(root(), 'model');

  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
  });

  async function save(declared: Partial<SavedFunction> = {}): Promise<void> {
    mkdirSync(path());
    const engine = new GraphEngine({ plain: true });
    const one = new Variable('one', []);
    one.initialize(() => tf.scalar(1));
    await engine.save(path(), { serving_default: { ...means, step: times(one), ...declared } });
    engine.close();
    one.dispose();
  }

  function extractor(settings: Partial<SavedModelSettings> = {}): SavedModel {
    const made = new SavedModel(settingsOf(SavedModelSettings, { path: path(), ...settings }));
    opened.push(made);
    return made;
  }

  const complaint = async (opening: Promise<void>): Promise<string> => {
    const error = await rejection(opening);
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).text;
  };

  it('are computed for any number and size of images, in its input range', async () => {
    await save();
    // Of one colour, so that their size changes nothing: five images for a model that takes three.
    const colours = [0, 51, 102, 204, 255];
    const pixels = Uint8Array.from(colours.flatMap((colour) => new Array<number>(8 * 8 * 3).fill(colour)));
    const ranges = { signed: [-1, -0.6, -0.2, 0.6, 1], unit: [0, 0.2, 0.4, 0.8, 1], bytes: colours } as const;
    for (const [range, wanted] of Object.entries(ranges)) {
      const made = extractor({ pixels: range as keyof typeof ranges });
      await made.open([8, 8, 3]);
      expect(made.width).to.equal(3);
      const { features, probabilities } = await made.extract(pixels);
      expect(probabilities).to.equal(undefined);
      expect([...features].map((each) => Number(each.toFixed(5)))).to.deep.equal(
        wanted.flatMap((each) => [each, each, each]),
      );
    }
  });

  it('are computed for greyscale images by an RGB model', async () => {
    await save();
    const made = extractor({ pixels: 'bytes' });
    await made.open([4, 4, 1]);
    expect([...(await made.extract(new Uint8Array(16).fill(7))).features]).to.deep.equal([7, 7, 7]);
  });

  it('include probabilities if an output with logits is configured', async () => {
    await save();
    const made = extractor({ logits: 'halves', pixels: 'unit' });
    await made.open([4, 4, 1]);
    expect(made.classes).to.equal(2);
    // The upper half black, the lower white: logits 0 and 1.
    const { probabilities } = await made.extract(Uint8Array.from({ length: 16 }, (_, index) => (index < 8 ? 0 : 255)));
    expect(probabilities![1]).to.be.closeTo(1 / (1 + Math.exp(-1)), 1e-6);
  });

  it('leak no tensors', async () => {
    await save();
    const made = extractor();
    expect(await tensorsKept(() => made.open([4, 4, 3]))).to.equal(0);
    expect(await tensorsKept(() => made.extract(new Uint8Array(4 * 48)))).to.equal(0);
  });

  it('are refused for a model that does not take images, with its signature', async () => {
    await save({ inputs: { numbers: { shape: [3, 2, 8], dtype: 'float32' } } });
    expect(await complaint(extractor().open([4, 4, 3])))
      .to.contain('expected numbers to be float32 [batch, height, width, channels]')
      .and.contain('Inputs: numbers: float32 [3, 2, 8]; outputs:');
  });

  it('are refused if the model, function or output is missing, or if the output is not a row of features', async () => {
    expect(await complaint(extractor().open([4, 4, 3]))).to.contain('is not a SavedModel: it has no saved_model.pb');
    await save();
    const opening = (settings: Partial<SavedModelSettings>, channels = 3) =>
      complaint(extractor(settings).open([4, 4, channels]));
    expect(await opening({ signature: 'serving_defualt' })).to.contain('Did you mean serving_default?');
    expect(await opening({ output: 'pool' }))
      .to.contain('it has no output pool')
      .and.contain('quality.features.output=NAME');
    expect(await opening({ logits: 'classes' })).to.contain('it has no output classes');
    expect(await opening({ output: 'maps' })).to.contain(
      'returns shape [1, 4, 4, 3]; expected one feature vector per image',
    );
    expect(await opening({}, 4)).to.contain('its input has 3 channels, but the images have 4');
  });
});
