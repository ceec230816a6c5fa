import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import type { Tokenizer } from '../../../plugins/text/kinds/tokenizer';
import { charactersIn } from '../../../plugins/text/kinds/text-dataset';
import { BytePairs } from '../../../plugins/text/tokenizers/byte-pairs';
import { Characters, CharactersSettings } from '../../../plugins/text/tokenizers/characters';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const TEXT = 'One £, two 🙂\nand <|endoftext|> naïve';

const charactersOf = (text: string) =>
  new Characters(settingsOf(CharactersSettings, { characters: charactersIn(text) }));

describe('a tokenizer', () => {
  const folder = temporaryFolder();
  // Loads its table once.
  const bytePairs = new BytePairs();
  const tokenizers: Readonly<Record<string, () => Tokenizer>> = {
    Characters: () => charactersOf(TEXT),
    BytePairs: () => bytePairs,
  };

  for (const [name, make] of Object.entries(tokenizers)) {
    it(`of ${name} gives back every text that it encodes, in tokens below its size`, () => {
      const tokenizer = make();
      const tokens = tokenizer.encode(TEXT, 'The text');
      expect(Math.min(...tokens)).to.be.at.least(0);
      expect(Math.max(...tokens)).to.be.below(tokenizer.size);
      expect(tokenizer.decode(tokens)).to.equal(TEXT);
      expect(tokenizer.decode(tokenizer.start)).to.equal('\n');
    });
  }

  it('of characters numbers them by their code points', () => {
    expect([...charactersOf('cab🙂').encode('abc🙂', 'The text')]).to.deep.equal([0, 1, 2, 3]);
  });

  it('of byte pairs has the tokens of GPT-2', () => {
    // OpenAI's tiktoken: get_encoding('gpt2').encode('Hello world').
    expect([...bytePairs.encode('Hello world')]).to.deep.equal([15496, 995]);
    expect(bytePairs.decode([50256])).to.equal('<|endoftext|>');
  });

  it('reports a character outside the vocabulary, and where it is', () => {
    expect(() => charactersOf('ab\n').encode('ab\nbé', 'The prompt')).to.throw(
      UserError,
      'The prompt, line 2, column 2: the character "é" (U+00E9) is not in the vocabulary.',
    );
  });

  it('restores its vocabulary from a run, without the text', async () => {
    await charactersOf('xyz').save(folder());
    const settings = settingsOf(CharactersSettings);
    Object.defineProperty(settings, 'characters', { get: () => expect.fail('the text was read') });
    const restored = new Characters(settings);
    restored.restore(folder());
    expect(restored.size).to.equal(3);
    expect(restored.decode([2, 0])).to.equal('zx');
  });
});
