import { Experiment, LearningRateSchedule, Optimizer, option, Run, slot } from 'explab';
import { LanguageModel, TextExperiment, TextExperimentSettings } from 'explab/text';

export { GPT } from './model';

/** Settings of `gpt`; the defaults are nanoGPT's for characters on a CPU. */
export class GPTExperimentSettings extends TextExperimentSettings {
  /** Network that predicts the next token. */
  model = slot(LanguageModel, 'GPT', {
    vocabulary: () => this.tokenizer.size,
    contextLength: () => this.contextLength,
  });
  /** Optimizer that updates the parameters. */
  override optimizer = slot(Optimizer, 'AdamW', { beta2: () => 0.99, weightDecay: () => 0.1 });
  /** Learning rate schedule. */
  override schedule = slot(LearningRateSchedule, 'Cosine');
}

/** Generative pre-trained transformer: a language model as Karpathy's nanoGPT trains it. */
@option(Experiment, 'gpt', GPTExperimentSettings, Run)
export class LanguageModelling extends TextExperiment {}
