import type { Progress } from './progress';

/** Where an installation is made: a folder that is thrown away unless all goes well. */
export interface Workplace {
  readonly folder: string;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A thing that can be installed: TensorFlow from one of several places, or TensorBoard alone. */
export interface Source<R extends object> {
  /** Names the installation's folder: everything that two installations can differ in. */
  readonly key: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** Bytes that it needs on the disk while it is made. */
  readonly space: number;
  /** Looks for all that `build` needs, before anything is written. @throws UserError for what is missing */
  check(): Promise<void>;
  /**
   * Makes it in the workplace.
   * @returns what is written down of it; paths are relative to the workplace, or absolute where they lie elsewhere
   * @throws UserError where a step fails
   */
  build(place: Workplace): Promise<R>;
}

/** What is written down of an installed TensorFlow. */
export interface TensorFlowParts {
  /** The wheel for the CPU or for NVIDIA GPUs, a folder that the user named, or the npm package's own download. */
  readonly variant: 'cpu' | 'cuda' | 'folder' | 'download';
  /** TensorFlow's version, as its library tells it. */
  readonly version: string;
  /** Whether TensorFlow computed on a GPU when it was tried. */
  readonly gpu: boolean;
  /** Folder of TensorFlow's libraries. */
  readonly library: string;
  /** The addon on them. */
  readonly addon: string;
  /** The environment's Python, which has TensorBoard; none where the user named a TensorFlow. */
  readonly python?: string;
}
