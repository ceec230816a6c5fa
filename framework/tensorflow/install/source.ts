import type { Source } from '../../install/source';
import { commandName } from '../../util/command-name';

/** Setup command, and alternatives if TensorFlow cannot be installed. */
export const SETUP = {
  command: `${commandName()} setup`,
  alternatives: [`Or use an existing TensorFlow: ${commandName()} setup --tensorflow PATH`],
} as const;

/** A source of TensorFlow. */
export type TensorFlowSource = Source<TensorFlowParts>;

/** Record of an installed TensorFlow. */
export interface TensorFlowParts {
  /** The wheel for the CPU or for NVIDIA GPUs, or a folder that the user named. */
  readonly variant: 'cpu' | 'cuda' | 'folder';
  /** TensorFlow's version, as reported by its library. */
  readonly version: string;
  /** Whether TensorFlow used a GPU in the smoke test. */
  readonly gpu: boolean;
  /** Folder of TensorFlow's libraries. */
  readonly library: string;
  /** The addon built on them. */
  readonly addon: string;
  /** The environment's Python, which has TensorBoard; undefined for a TensorFlow of the user's own. */
  readonly python?: string;
}
