/** Named numbers of one step. A name may have parts: `train/loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** Mean not saved yet. Non-finite sums are texts, for JSON. */
interface PartialMean {
  readonly sum: number | string;
  readonly count: number;
}

/** State of the metrics in a checkpoint, so that a resumed run logs the same points as an uninterrupted one. */
export interface MetricsState {
  /** Last saved value of each metric. */
  readonly metrics: Scalars;
  /** Means that the next save completes. */
  readonly means?: Readonly<Record<string, PartialMean>> | undefined;
}

/** Picture to record. */
export interface Picture {
  readonly png: Buffer;
  /** Of the picture. */
  readonly width: number;
  readonly height: number;
}

/**
 * Destination for metrics and pictures of a run: options of the slot `trackers`. A tracker that throws is reported once and disabled for the
 * rest of the process; training continues.
 */
export abstract class Tracker {
  /**
   * Called first when a run is resumed: everything logged after this step (0 for all) is logged again and must not count twice. Optional
   * for a tracker without stored data.
   */
  resume?(step: number): void;

  /** @param step global step of the values */
  abstract scalars(step: number, scalars: Scalars): void;

  /** @param step global step of the picture */
  abstract picture(step: number, name: string, picture: Picture): void | Promise<void>;

  /** Records the graph of a training step, once per run; optional. @param definition TensorFlow's GraphDef */
  graph?(definition: Buffer): void;

  /** Records the profile of a step, if requested; optional. @param record TensorFlow's RunMetadata */
  record?(step: number, record: Buffer): void;

  /** Makes everything so far survive the process. Called at every save. */
  abstract flush(): void;

  /** Flushes and releases resources. Called however a run ends. */
  abstract close(): void;
}
