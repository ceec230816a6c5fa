import { LanguageModel } from 'explab/text';
import { dropout, Embedding, gelu, LayerNorm, Linear, Module, MultiHeadAttention, normal, option } from 'explab';
import { type Random, tf, value, zeros } from 'explab';

/** Settings of the transformer; the defaults are nanoGPT's for characters on a CPU. */
export class GPTSettings {
  /** Number of different tokens. */
  vocabulary = value(50_257, { integer: true, min: 1 });
  /** Most tokens that a prediction depends on. */
  contextLength = value(1024, { integer: true, min: 1 });
  /** Number of blocks. */
  layers = value(4, { integer: true, min: 1, role: 'hyperparameter' });
  /** Number of attention heads; they must divide the width. */
  heads = value(4, { integer: true, min: 1, role: 'hyperparameter' });
  /** Number of features of a token. */
  width = value(128, { integer: true, min: 1, role: 'hyperparameter' });
  /** Fraction of the embedded tokens, attention weights and residuals that are zeroed in training. */
  dropout = value(0, { min: 0, below: 1, role: 'hyperparameter' });
}

/** Decoder-only transformer: Radford et al. 2019, GPT-2, with its parameters' names and initial values, as nanoGPT has it. */
@option(LanguageModel, 'GPT', GPTSettings)
export class GPT extends LanguageModel {
  private readonly wte: Embedding;
  private readonly wpe: Embedding;
  private readonly h: readonly Block[];
  private readonly lnF: LayerNorm;

  constructor(private readonly settings: GPTSettings) {
    super();
    const { vocabulary, contextLength, layers, width } = settings;
    this.wte = new Embedding(vocabulary, width, normal(0.02));
    this.wpe = new Embedding(contextLength, width, normal(0.02));
    this.h = Array.from({ length: layers }, () => new Block(settings));
    this.lnF = new LayerNorm(width);
  }

  logits(tokens: tf.Tensor2D, random?: Random): tf.Tensor3D {
    return tf.tidy(() => {
      const positions = this.wpe.forward(tf.range(0, tokens.shape[1], 1, 'int32'));
      const embedded: tf.Tensor3D = tf.add(this.wte.forward(tokens), positions);
      const x0 = dropout(embedded, this.settings.dropout, random?.stream('embedding'));
      const x = this.h.reduce((x, block, index) => block.forward(x, random?.stream(`h.${index}`)), x0);
      const rows = tf.reshape<tf.Rank.R2>(this.lnF.forward(x), [-1, this.settings.width]);
      // The embedding of the tokens is the output layer, too.
      const logits = tf.matMul(rows, this.wte.weight.value, false, true);
      return tf.reshape(logits, [...tokens.shape, this.settings.vocabulary]);
    });
  }
}

/** x + attention(norm(x)), then x + MLP(norm(x)). */
class Block extends Module {
  private readonly ln1: LayerNorm;
  private readonly attn: MultiHeadAttention;
  private readonly ln2: LayerNorm;
  private readonly mlp: { readonly cFc: Linear; readonly cProj: Linear };
  private readonly dropout: number;

  constructor({ width, heads, layers, dropout }: GPTSettings) {
    super();
    const [initial, residual] = [normal(0.02), normal(0.02 / Math.sqrt(2 * layers))];
    const linear = (inputs: number, outputs: number, weightInitializer: typeof initial) =>
      new Linear(inputs, outputs, { weightInitializer, biasInitializer: zeros });
    this.ln1 = new LayerNorm(width);
    this.attn = new MultiHeadAttention(width, heads, dropout, {
      inProjInitializer: initial,
      outProjInitializer: residual,
    });
    this.ln2 = new LayerNorm(width);
    this.mlp = { cFc: linear(width, 4 * width, initial), cProj: linear(4 * width, width, residual) };
    this.dropout = dropout;
  }

  forward(x: tf.Tensor3D, random?: Random): tf.Tensor3D {
    const drop = (y: tf.Tensor3D, name: string) => dropout(y, this.dropout, random?.stream(name));
    const normed = this.ln1.forward(x);
    const attended = this.attn.forward(normed, normed, { causal: true, random: random?.stream('attention') });
    const y = tf.add<tf.Tensor3D>(x, drop(attended, 'attended'));
    return tf.add(y, drop(this.mlp.cProj.forward(gelu(this.mlp.cFc.forward(this.ln2.forward(y)))), 'mlp'));
  }
}
