/** A model that is trained by one worker and by two. */
export interface ScaleCase {
  readonly name: string;
  /** Settings of the experiment `diffuse`, as on the command line; batchSize is that of all workers together. */
  readonly settings: readonly string[];
  readonly repetitions: number;
}

const GREY = ['dataset=Digits', 'imageSize=32', 'model.dropout=0.1'];

export const SCALE_CASES: readonly ScaleCase[] = [
  {
    name: '3.4M',
    settings: [
      ...GREY,
      'batchSize=16',
      'model.channels=32',
      'model.multipliers=[1,2,2]',
      'model.attention=[false,false,true]',
      'model.blocks=2',
    ],
    repetitions: 8,
  },
  { name: 'paper', settings: ['dataset=CelebA', 'batchSize=8'], repetitions: 8 },
  { name: 'paper-32', settings: ['dataset=CelebA', 'batchSize=32'], repetitions: 3 },
];

/** Bytes of the gradients of the paper's model: what the all-reduce is timed with. */
export const GRADIENT_BYTES = 671e6;

/** Runs before the first that is timed. */
export const WARM_UP = 4;

/** What each measuring process prints as its last line; of several workers, what the first measured is taken. */
export interface Scaled {
  /** Bytes of the model's gradients. */
  readonly gradients: number;
  /** Seconds of each training step. */
  readonly steps: readonly number[];
  /** Seconds of each training step of two workers that exchange nothing. */
  readonly alone: readonly number[];
  /** Seconds of each all-reduce of that many bytes. */
  readonly reductions: readonly number[];
  /** Seconds of a message, of the two that an all-reduce of one number between two takes. */
  readonly latencies: readonly number[];
}
