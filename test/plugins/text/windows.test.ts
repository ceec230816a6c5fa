import { expect } from 'chai';
import { Random } from '../../../framework/random/random';
import { randomWindows } from '../../../plugins/text/data/random-windows';
import { splitText } from '../../../plugins/text/data/split-text';
import { Shakespeare } from '../../../plugins/text/datasets/shakespeare';
import { charactersIn, TextDataset } from '../../../plugins/text/kinds/text-dataset';
import { Characters, CharactersSettings } from '../../../plugins/text/tokenizers/characters';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';

class Letters extends TextDataset {
  protected load(): string {
    return 'abcdefghij';
  }
}

async function opened(contextLength: number, heldOut = 0.5) {
  const dataset = new Letters();
  const tokenizer = new Characters(settingsOf(CharactersSettings, { characters: charactersIn(dataset.text) }));
  const split = splitText(dataset, tokenizer, { contextLength, heldOut });
  await split.training.open();
  await split.heldOut.open();
  return split;
}

describe('windows of a text', () => {
  it('begin at every token to train on, and predict each token once where they are held out', async () => {
    const { training, heldOut } = await opened(2);
    // abcde, and fghij.
    expect(training.count).to.equal(3);
    expect((await training.read([2, 0])).tokens).to.deep.equal({
      data: Int32Array.of(2, 3, 4, 0, 1, 2),
      shape: [2, 3],
    });
    expect(heldOut.count).to.equal(2);
    expect((await heldOut.read([0, 1])).tokens.data).to.deep.equal(Int32Array.of(5, 6, 7, 7, 8, 9));
    expect(training.fingerprint()).to.deep.equal(heldOut.fingerprint());
  });

  it('are drawn as functions of the epoch and the batch, all of them in the training part', async () => {
    const { training } = await opened(1, 0.2);
    const source = randomWindows(training, 1, Random.fromSeed(1), { batchSize: 4 });
    const starts = async (epoch: number, from: number) => {
      const batches = [];
      for await (const { tokens } of source.epoch(epoch, from)) batches.push([...tokens.data]);
      return batches;
    };
    expect(source.batchesPerEpoch).to.equal(2);
    const [first, other] = [await starts(0, 0), await starts(1, 0)];
    expect(await starts(0, 1)).to.deep.equal(first.slice(1));
    expect(other).to.not.deep.equal(first);
    expect(Math.max(...first.flat(), ...other.flat())).to.be.below(8);
  });

  it('are refused if a part is shorter than one of them', async () => {
    expect(await rejection(opened(5))).to.match(/The training part of the text has 5 tokens, but a window needs .* 6/);
  });
});

describe('Shakespeare', () => {
  it('has the text that its README describes', () => {
    const { text } = new Shakespeare();
    expect(text).to.match(/^First Citizen:\nBefore we proceed any further, hear me speak\.\n/);
    expect([text.length, charactersIn(text).length]).to.deep.equal([99_843, 61]);
  });
});
