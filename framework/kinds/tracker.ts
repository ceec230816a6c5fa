import type { Artifact } from '../artifacts/artifact';

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

/**
 * Destination for metrics and artifacts of a run: options of the slot `trackers`. A tracker that throws is reported once and disabled for the
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

  /**
   * Records an artifact; optional. Types that a tracker does not know are ignored.
   * @param step global step of the artifact
   * @param path of its file, relative to the run's folder; undefined if it could not be written
   */
  artifact?(step: number, name: string, artifact: Artifact, path: string | undefined): void | Promise<void>;

  /** Records the graph of a training step, once per run; optional. @param definition TensorFlow's GraphDef */
  graph?(definition: Buffer): void;

  /** Records the profile of a step, if requested; optional. @param record TensorFlow's RunMetadata */
  record?(step: number, record: Buffer): void;

  /** Makes everything so far survive the process. Called at every save. */
  abstract flush(): void;

  /** Flushes and releases resources. Called however a run ends. */
  abstract close(): void;
}
