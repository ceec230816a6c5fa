/** Public API of the text domain: what plugins and experiments may import from `explab/text`. */
export { randomWindows } from './data/random-windows';
export { splitText, type TextSplit } from './data/split-text';
export type { TokenBatch, Windows } from './data/windows';
export { LanguageModel } from './kinds/language-model';
export { charactersIn, TextDataset } from './kinds/text-dataset';
export { Tokenizer } from './kinds/tokenizer';
export { TEXT_FORMAT } from './sampling/text-format';
export { TextGenerator } from './sampling/text-generator';
export { TextExperiment, TextExperimentSettings } from './text-experiment';
