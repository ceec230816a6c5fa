import { UserError } from '../errors';
import * as tf from '../tensorflow/tf';
import { type AttentionOptions, scaledDotProductAttention } from './attention';
import { addBias } from './functional';
import { type Initializer, xavierUniform, zeros } from './initializers';
import { Linear } from './linear';
import { Module } from './module';
import { Parameter } from './parameter';

interface MultiHeadAttentionOptions {
  /** PyTorch's by default. */
  readonly inProjInitializer?: Initializer;
  /** PyTorch's by default. */
  readonly outProjInitializer?: Initializer;
}

/** Multi-head attention: Vaswani et al. 2017, arXiv:1706.03762. PyTorch's `nn.MultiheadAttention` with `batch_first=True`. */
export class MultiHeadAttention extends Module {
  /** The projections of queries, keys and values: float32 [3 width, width]. */
  readonly inProjWeight: Parameter;
  /** float32 [3 width]. */
  readonly inProjBias: Parameter;
  readonly outProj: Linear;

  /**
   * @param dropout fraction of the attention weights that are zeroed, where a call has a source of dropout
   * @throws UserError if the heads do not divide the width
   */
  constructor(
    private readonly width: number,
    private readonly heads: number,
    private readonly dropout = 0,
    { inProjInitializer = xavierUniform(width, 3 * width), outProjInitializer }: MultiHeadAttentionOptions = {},
  ) {
    super();
    if (width % heads !== 0) {
      throw new UserError(`Multi-head attention: ${heads} heads do not divide the width ${width}.`, {
        hints: ['The number of heads must divide the width.'],
      });
    }
    this.inProjWeight = new Parameter([3 * width, width], inProjInitializer);
    this.inProjBias = new Parameter([3 * width], zeros);
    const output = outProjInitializer && { weightInitializer: outProjInitializer };
    this.outProj = new Linear(width, width, { ...output, biasInitializer: zeros });
  }

  /**
   * @param query float32 [batch, queries, width]; borrowed
   * @param context what keys and values are made of: the queries themselves in self-attention. float32 [batch, keys, width]; borrowed
   * @returns float32 [batch, queries, width]; the caller disposes
   */
  forward(query: tf.Tensor3D, context = query, options: Omit<AttentionOptions, 'dropout'> = {}): tf.Tensor3D {
    return tf.tidy(() => {
      const isSelf = query === context;
      const projected = isSelf
        ? this.project(query, 0, 3)
        : [...this.project(query, 0, 1), ...this.project(context, 1, 2)];
      const [q, k, v] = projected as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const attended = scaledDotProductAttention(q, k, v, { ...options, dropout: this.dropout });
      return this.outProj.forward(tf.reshape<tf.Rank.R3>(tf.transpose(attended, [0, 2, 1, 3]), query.shape));
    });
  }

  /**
   * Applies some of the three projections in one matrix product.
   * @returns a float32 [batch, heads, time, width / heads] for each
   */
  private project(x: tf.Tensor3D, first: number, count: number): tf.Tensor4D[] {
    const { width, heads } = this;
    const [batch, time] = x.shape;
    const weight = tf.slice(this.inProjWeight.value as tf.Tensor2D, [first * width, 0], [count * width, width]);
    const bias = tf.slice(this.inProjBias.value as tf.Tensor1D, first * width, count * width);
    const y = addBias(tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, width]), weight, false, true), bias);
    const perHead = tf.transpose(tf.reshape(y, [batch, time, count, heads, width / heads]), [2, 0, 3, 1, 4]);
    // TensorFlow.js cannot differentiate unstack with a single result.
    const size: tf.Tensor4D['shape'] = [batch, heads, time, width / heads];
    return Array.from({ length: count }, (_, index) => tf.reshape(tf.slice(perHead, index, 1), size));
  }
}
