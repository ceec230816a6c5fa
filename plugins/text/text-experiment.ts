import {
  type Dataset,
  type Goals,
  type Source,
  Trained,
  TrainedSettings,
  Random,
  type Run,
  type SavedFunctions,
  type SamplingOptions,
  UserError,
  chunk,
  optional,
  slot,
  textArtifact,
  tf,
  value,
} from 'explab';
import { randomWindows } from './data/random-windows';
import { type TextSplit, splitText } from './data/split-text';
import type { TokenBatch } from './data/windows';
import type { LanguageModel } from './kinds/language-model';
import { TextDataset, charactersIn } from './kinds/text-dataset';
import { Tokenizer } from './kinds/tokenizer';
import { meanLosses } from './mean-losses';
import { TEXT_FORMAT } from './sampling/text-format';
import { TextGenerator } from './sampling/text-generator';

/** Settings shared by experiments that train a language model. */
export abstract class TextExperimentSettings extends TrainedSettings {
  /** Text to train on. */
  dataset = slot(TextDataset, 'Shakespeare');
  /** Conversion of text to tokens. */
  tokenizer = slot(Tokenizer, 'Characters', { characters: () => charactersIn(this.dataset.text) });
  /** Most tokens that a prediction depends on. */
  contextLength = value(64, { integer: true, min: 1, unit: 'tokens', role: 'hyperparameter' });
  abstract override readonly model: LanguageModel;
  /** Fraction of the text, its end, held out from training for evaluation after each epoch. */
  heldOut = value(0.1, { above: 0, below: 1 });
  /** Number of epochs, of as many random tokens as the text has. */
  override epochs = value(20, { integer: true, min: 1, role: 'hyperparameter' });
  /** Number of windows of the text per step. */
  override batchSize = value(12, { integer: true, min: 1, unit: 'windows', role: 'hyperparameter' });
  /** Text to continue; a new text begins by default. */
  prompt = optional('string', { role: 'meta', sampling: true });
  /** Number of tokens to generate. */
  sampleLength = value(300, { integer: true, min: 1, unit: 'tokens', role: 'meta', sampling: true });
  /** Divisor of the logits: below 1, likely tokens become likelier; 0 always takes the likeliest. */
  temperature = value(0.8, { min: 0, role: 'meta', sampling: true });
  /** Number of likeliest tokens to choose the next one among; all by default. */
  topK = optional('number', { integer: true, min: 1, role: 'meta', sampling: true });
}

type Inputs = Readonly<{ tokens: tf.Tensor2D }>;

/** A language model: predicts each token of a text from those before it, and continues a prompt. */
export abstract class TextExperiment extends Trained<TokenBatch, Inputs> {
  static override readonly goals: Goals = { ...super.goals, 'valid/loss': 'min', 'valid/perplexity': 'min' };
  override readonly sampleFormat = TEXT_FORMAT;
  private readonly split: TextSplit;
  private generator: TextGenerator | undefined;

  constructor(
    protected override readonly settings: TextExperimentSettings,
    run: Run,
  ) {
    settings.tokenizer.restore(run.folder.path);
    super(settings, run);
    this.split = splitText(settings.dataset, settings.tokenizer, settings);
    this.encodedPrompt();
  }

  protected get trainingSet(): Dataset<TokenBatch> {
    return this.split.training;
  }

  override async open(): Promise<void> {
    await this.split.heldOut.open();
    await super.open();
    if (this.run.isChief) await this.settings.tokenizer.save(this.run.folder.path);
  }

  protected override createSource(): Source<TokenBatch> {
    const { contextLength, batchSize, microBatches } = this.settings;
    const options = { batchSize, share: this.run.shareOf(microBatches) };
    return randomWindows(this.split.training, contextLength, this.run.random.stream('order'), options);
  }

  protected loss({ tokens }: Inputs, random: Random): tf.Scalar {
    return tf.tidy(() => tf.mean(meanLosses(this.settings.model, tokens, random)));
  }

  /** Tracks the loss on the held-out text, in nats per token, and the perplexity. */
  override async evaluate(): Promise<void> {
    const { model } = this.settings;
    const { loss } = await this.validate(this.split.heldOut, ({ tokens }) => ({ loss: meanLosses(model, tokens) }));
    this.run.tracking.namespace('valid').add('perplexity', Math.exp(loss));
  }

  override async preview(): Promise<void> {
    const [text = ''] = await this.generate([this.run.random.stream('sample')]);
    this.run.monitor.log(text);
    await this.run.artifact(this.step, 'text', textArtifact(text, 'plain'));
  }

  override async *sample({ seed, indices, batch = this.settings.batchSize }: SamplingOptions): AsyncIterable<string[]> {
    const random = Random.fromSeed(seed).stream('sample');
    for (const part of chunk(indices, batch))
      yield await this.generate(part.map((index) => random.stream(String(index))));
  }

  /** Function for export: after each of `contextLength` tokens, the logits of the next. */
  override functions(count: number): SavedFunctions {
    const tokens = { shape: [count, this.settings.contextLength], dtype: 'int32' } as const;
    return {
      serving_default: { inputs: { tokens }, outputs: ['logits'], step: (x) => [this.logits(x as tf.Tensor2D)] },
    };
  }

  private logits(tokens: tf.Tensor2D): tf.Tensor3D {
    return this.averaged(() => this.settings.model.logits(tokens));
  }

  private async generate(streams: readonly Random[]): Promise<string[]> {
    const { tokenizer, contextLength, sampleLength: length, temperature, topK } = this.settings;
    const options = { contextLength, length, temperature, topK };
    this.generator ??= new TextGenerator(this.run.engine, (tokens) => this.logits(tokens), options);
    const prompt = this.encodedPrompt() ?? tokenizer.start;
    const texts = await this.generator.generate(prompt, streams);
    const first = this.settings.prompt === undefined ? prompt.length : 0;
    return texts.map((tokens) => tokenizer.decode(tokens.subarray(first)));
  }

  /** @throws UserError if it is empty, or has a character outside the vocabulary */
  private encodedPrompt(): Int32Array | undefined {
    const { tokenizer, prompt } = this.settings;
    if (prompt !== '') return prompt === undefined ? undefined : tokenizer.encode(prompt, 'The prompt');
    throw new UserError('The prompt is empty.', { hints: ['Give at least one character: --prompt "Once"'] });
  }
}
