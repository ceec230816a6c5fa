import { createHash } from 'node:crypto';
import { Dataset, type Fingerprint, type NdArray, thousands, UserError } from 'explab';

/** Windows of a text: int32 [n, length]. */
export type TokenBatch = Readonly<Record<'tokens', NdArray>>;

interface WindowsOptions {
  /** What part of the text it is, for errors. */
  readonly name: string;
  /** Tokens in a window. */
  readonly length: number;
  /** Tokens between the beginnings of two windows. */
  readonly stride: number;
}

/** All windows of equal length in a part of a text. */
export class Windows extends Dataset<TokenBatch> {
  private tokens: Int32Array | undefined;

  /** @param load returns the tokens, a view of those of the whole text */
  constructor(
    private readonly load: () => Int32Array,
    private readonly options: WindowsOptions,
  ) {
    super();
  }

  get count(): number {
    const { length, stride } = this.options;
    return Math.floor((this.opened.length - length) / stride) + 1;
  }

  /** Number of tokens. */
  get size(): number {
    return this.opened.length;
  }

  /** Of the whole text. */
  override fingerprint(): Fingerprint {
    const { buffer } = this.opened;
    const data = createHash('sha256').update(new Uint8Array(buffer)).digest('hex');
    return { tokens: String(buffer.byteLength / Int32Array.BYTES_PER_ELEMENT), data };
  }

  async open(): Promise<void> {
    const tokens = await Promise.resolve().then(this.load);
    const { name, length } = this.options;
    if (tokens.length < length) {
      throw new UserError(
        `The ${name} part of the text has ${thousands(tokens.length)} tokens, but a window needs at least ${length}.`,
        { hints: [`Choose a longer text, a contextLength below ${length - 1}, or another heldOut.`] },
      );
    }
    this.tokens = tokens;
  }

  read(indices: ArrayLike<number>): Promise<TokenBatch> {
    const { length, stride } = this.options;
    const data = new Int32Array(indices.length * length);
    for (const [row, index] of Array.from(indices).entries())
      data.set(this.opened.subarray(index * stride, index * stride + length), row * length);
    return Promise.resolve({ tokens: { data, shape: [indices.length, length] } });
  }

  private get opened(): Int32Array {
    if (!this.tokens) throw new Error('The dataset is not open yet: call open first.');
    return this.tokens;
  }
}
