import type { Progress } from './progress';

/** What messages say of a thing that is installed. */
export interface InstallTarget {
  /** What it is, in a few words. */
  readonly title: string;
  /** The command that installs it, which hints tell to repeat. */
  readonly command: string;
  /** What can be done instead, as hints. */
  readonly alternatives: readonly string[];
}

/** Where an installation is made: a folder that is thrown away unless all goes well. */
export interface BuildContext {
  readonly folder: string;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly subject: InstallTarget;
}

/** A thing that can be installed: TensorFlow from one of several places, or packages for Python. */
export interface Source<R extends object> extends InstallTarget {
  /** Names the installation's folder: everything that two installations can differ in. */
  readonly key: string;
  /** Bytes that it needs on the disk while it is made. */
  readonly space: number;
  /** Looks for all that `build` needs, before anything is written. @throws UserError for what is missing */
  check(): Promise<void>;
  /**
   * Makes it in the workplace.
   * @returns what is written down of it; paths are relative to the workplace, or absolute where they lie elsewhere
   * @throws UserError where a step fails
   */
  build(context: BuildContext): Promise<R>;
}
