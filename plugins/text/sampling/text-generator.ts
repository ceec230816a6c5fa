import { type Engine, type Program, Random, repeat, tf } from 'explab';
import type { LanguageModel } from '../kinds/language-model';
import { drawToken, type TokenChoice } from './draw-token';

/** How texts are generated. */
interface GeneratorOptions extends TokenChoice {
  /** Most tokens that the model takes. */
  readonly contextLength: number;
  /** Number of tokens to generate. */
  readonly length: number;
}

/** Continues a prompt, token by token, in one loop of the graph. */
export class TextGenerator {
  private readonly program: Program;

  /** @param logits of the model: as `LanguageModel` */
  constructor(engine: Engine, logits: LanguageModel['logits'], options: GeneratorOptions) {
    this.program = engine.program('sample', (prompt, keys) => [
      generate(logits, prompt as tf.Tensor1D, keys as tf.Tensor1D, options),
    ]);
  }

  /**
   * @param prompt tokens, at least one
   * @param streams random stream of each text
   * @returns the tokens of each text, with the prompt
   */
  async generate(prompt: Int32Array, streams: readonly Random[]): Promise<Int32Array[]> {
    const keys = streams.map(({ key }) => key);
    const inputs = [tf.tensor1d(prompt, 'int32'), tf.tensor1d(keys, 'int32')];
    const [tokens] = await this.program.run(...inputs);
    const rows = (await tokens?.array()) as number[][];
    tf.dispose([...inputs, ...(tokens ? [tokens] : [])]);
    return rows.map((row) => Int32Array.from(row));
  }
}

/**
 * The state has the prompt and room for what is generated. The model sees a window of it, in which later, unwritten tokens have no effect
 * on the logits that are used.
 */
function generate(
  logits: LanguageModel['logits'],
  prompt: tf.Tensor1D,
  keys: tf.Tensor1D,
  { contextLength, length, ...choice }: GeneratorOptions,
): tf.Tensor2D {
  const [[written], [count]] = [prompt.shape, keys.shape];
  const total = written + length;
  const window = Math.min(contextLength, total);
  const room = tf.zeros<tf.Rank.R1>([length], 'int32');
  const initial = tf.tile(tf.reshape<tf.Rank.R2>(tf.concat([prompt, room]), [1, total]), [count, 1]);
  const positions = tf.range(0, total, 1, 'int32');
  return repeat<tf.Tensor2D>(length, initial, [keys, positions], (tokens, index, keys, positions) => {
    const end = tf.add(index, tf.scalar(written, 'int32'));
    const start = tf.maximum(tf.sub(end, tf.scalar(window, 'int32')), tf.scalar(0, 'int32'));
    const seen = tf.gather(tokens, tf.add(tf.slice(positions, 0, window), start), 1);
    const last = tf.sub(tf.sub(end, start), tf.scalar(1, 'int32'));
    const scores = tf.gather(logits(seen as tf.Tensor2D), last, 1) as tf.Tensor as tf.Tensor2D;
    const streams = tf.unstack(keys).map((key) => Random.fromKey(key as tf.Scalar, index));
    const next = tf.reshape(drawToken(scores, streams, choice), [count, 1]);
    return tf.where(
      tf.broadcastTo(tf.equal(positions, end), [count, total]),
      tf.broadcastTo(next, [count, total]),
      tokens,
    );
  });
}
