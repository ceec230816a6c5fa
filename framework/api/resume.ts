import * as v from 'valibot';
import type { Settings } from '../config/parse/object-overrides';
import { checkArguments, checkOptions, type Schemas } from './check-options';
import type { RunResult } from './host';
import { RUN, SETTINGS } from './schemas';
import { TRAINING_OPTIONS, type TrainingOptions } from './training-options';

/** Options of `resume`. */
export interface ResumedRunOptions extends TrainingOptions {
  /** Settings to change. */
  readonly settings?: Settings | undefined;
}

const OPTIONS = { ...TRAINING_OPTIONS, settings: v.optional(SETTINGS) } satisfies Schemas<ResumedRunOptions>;

/**
 * Resumes a run from its latest checkpoint, as `exp resume` does; see `run`.
 * @param name ID, name or folder of the run; or `latest`
 */
export async function resume(name: string, options: ResumedRunOptions = {}): Promise<RunResult> {
  checkArguments('resume', { run: name }, { run: RUN });
  checkOptions('resume', options, OPTIONS);
  const { openContext } = await import('./open-context');
  const { objectOverrides } = await import('../config/parse/object-overrides');
  const { findRunToResume, resumeRun } = await import('../experiment/lifecycle/resume');
  const { trainFor } = await import('./host');
  const { runs, ...context } = await openContext(options);
  const { folder, step, changes, ...found } = await findRunToResume(
    runs,
    name,
    objectOverrides(options.settings ?? {}),
  );
  return trainFor(options, (host) => resumeRun({ ...context, ...found, host }, folder, { changes, step }));
}
