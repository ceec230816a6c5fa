import { createRequire } from 'node:module';
import type * as lite from 'js-tiktoken/lite';
import type ranks from 'js-tiktoken/ranks/gpt2';
import { option } from 'explab';
import { Tokenizer } from 'explab/text';

/** GPT-2's byte-level byte-pair encoding, with 50,257 tokens: Radford et al. 2019, section 2.2. Every text can be encoded. */
@option(Tokenizer, 'BytePairs')
export class BytePairs extends Tokenizer {
  private loaded: lite.Tiktoken | undefined;
  readonly size = 50_257;

  get start(): Int32Array {
    return this.encode('\n');
  }

  encode(text: string): Int32Array {
    // Text that looks like a special token is ordinary text.
    return Int32Array.from(this.encoding.encode(text, [], []));
  }

  decode(tokens: Iterable<number>): string {
    return this.encoding.decode([...tokens]);
  }

  /** Loaded when first used, since every command loads the plugins. */
  private get encoding(): lite.Tiktoken {
    if (this.loaded) return this.loaded;
    const load = createRequire(__filename);
    const { Tiktoken } = load('js-tiktoken/lite') as typeof lite;
    return (this.loaded = new Tiktoken(load('js-tiktoken/ranks/gpt2') as typeof ranks));
  }
}
