import type { Progress } from './progress';

/** Description of something to install, for messages. */
export interface InstallTarget {
  /** Short name, such as `TensorBoard`. */
  readonly title: string;
  /** Command that installs it, quoted in hints. */
  readonly command: string;
  /** Hints for alternatives. */
  readonly alternatives: readonly string[];
}

/** Environment of a build. Its folder is deleted if the build fails. */
export interface BuildContext {
  readonly folder: string;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly subject: InstallTarget;
}

/** Something that can be installed: TensorFlow from one of several sources, or Python packages. */
export interface Source<R extends object> extends InstallTarget {
  /** Name of the installation's folder: made of everything in which two installations can differ. */
  readonly key: string;
  /** Peak disk space of the build, in bytes. */
  readonly space: number;
  /** Checks the requirements of `build` before anything is written. @throws UserError for a missing requirement */
  check(): Promise<void>;
  /**
   * Builds it in the context's folder.
   * @returns what to record of it; paths are relative to the context's folder, or absolute outside it
   * @throws UserError if a step fails
   */
  build(context: BuildContext): Promise<R>;
}
