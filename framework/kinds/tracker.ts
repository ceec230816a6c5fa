/** Named numbers of one step. A name may have parts: `train/loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** A mean that is not saved yet. What is not finite stands as text, since it goes into JSON. */
interface PartialMean {
  readonly sum: number | string;
  readonly count: number;
}

/** Everything that a checkpoint keeps of the metrics, so that a resumed run logs the points of an uninterrupted one. */
export interface MetricsState {
  /** The last saved value of each metric. */
  readonly metrics: Scalars;
  /** The means that the next save completes. */
  readonly means?: Readonly<Record<string, PartialMean>> | undefined;
}

/** A picture to be kept. */
export interface Picture {
  readonly png: Buffer;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * A place where the numbers and pictures of a run go. Several are used at once, by the slot `trackers`. One that throws is told of, and
 * left out for the rest of the process: it stops no training.
 */
export abstract class Tracker {
  /**
   * Called first when a run is resumed: whatever was logged after this step, 0 for everything, is logged again and must not count twice.
   * Left out by a tracker that keeps nothing.
   */
  resume?(step: number): void;

  /** @param step the global step that the numbers belong to */
  abstract scalars(step: number, scalars: Scalars): void;

  /** @param step the global step that the picture belongs to */
  abstract picture(step: number, name: string, picture: Picture): void | Promise<void>;

  /** Takes the graph of a training step, once a run. A tracker that shows none leaves it out. @param definition TensorFlow's GraphDef */
  graph?(definition: Buffer): void;

  /** Takes what was recorded of a step, where that was asked for. A tracker that shows none leaves it out. @param record TensorFlow's RunMetadata */
  record?(step: number, record: Buffer): void;

  /** Puts everything so far where it survives the process. Called at every save. */
  abstract flush(): void;

  /** Flushes and lets go. Called on every way out of a run. */
  abstract close(): void;
}
