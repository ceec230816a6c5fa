import type { Source } from '../../install/source';

/** What can be done about a TensorFlow that cannot be installed. */
export const SETUP = {
  command: 'exp setup',
  alternatives: ['Or name a TensorFlow that is there already: exp setup --tensorflow PATH'],
} as const;

/** A place that TensorFlow can be installed from. */
export type TensorFlowSource = Source<TensorFlowParts>;

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
