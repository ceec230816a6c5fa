import * as v from 'valibot';
import type { Preset } from '../config/declare/option';
import type { Schemas } from './check-options';
import { FOLDER, MONITOR, PLUGINS } from './schemas';

/** A class that is decorated with `@option`. */
export type OptionClass = abstract new (...args: never[]) => object;

/** Options of all functions: where runs and plugins are, and where progress is shown. */
export interface ProjectOptions {
  /** Folder of all runs; by default EXPLAB_RUNS, or `runs` in the project. */
  readonly root?: string | undefined;
  /** Folder with `plugins/` and `experiments/`; by default that of the working directory, as for `exp`. */
  readonly project?: string | undefined;
  /** Options and presets in addition to those of the project. */
  readonly plugins?: readonly (OptionClass | Preset)[] | undefined;
  /** Takes progress as lines: `process.stderr`; nothing is printed by default. */
  readonly monitor?: { write(text: string): unknown } | undefined;
}

export const PROJECT_OPTIONS = {
  root: v.optional(FOLDER),
  project: v.optional(FOLDER),
  plugins: v.optional(PLUGINS),
  monitor: v.optional(MONITOR),
} satisfies Schemas<ProjectOptions>;
