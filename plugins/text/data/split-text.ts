import type { TextDataset } from '../kinds/text-dataset';
import type { Tokenizer } from '../kinds/tokenizer';
import { Windows } from './windows';

/** Training and held-out part of a text. */
export interface TextSplit {
  /** A window at every token. */
  readonly training: Windows;
  /** Windows in which each token is predicted once. */
  readonly heldOut: Windows;
}

/**
 * Holds out the end of a text for evaluation. The text is read and tokenized when a part is opened.
 * @param contextLength tokens that a prediction depends on; a window has one more
 * @param heldOut fraction of the tokens to hold out
 */
export function splitText(
  dataset: TextDataset,
  tokenizer: Tokenizer,
  { contextLength, heldOut }: { readonly contextLength: number; readonly heldOut: number },
): TextSplit {
  let tokens: Int32Array | undefined;
  const all = () => (tokens ??= tokenizer.encode(dataset.text, 'The text'));
  const cut = () => Math.round(all().length * (1 - heldOut));
  const length = contextLength + 1;
  return {
    training: new Windows(() => all().subarray(0, cut()), { name: 'training', length, stride: 1 }),
    heldOut: new Windows(() => all().subarray(cut()), { name: 'held-out', length, stride: contextLength }),
  };
}
