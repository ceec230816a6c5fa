import { existsSync } from 'node:fs';
import { announceRun } from '../../cluster/handoff';
import { ExitCode, messageOf } from '../../errors';
import { describeSize, summarizeModels } from '../../nn/model-summary';
import type { RunFolder } from '../../run/run-folder';
import { endRecord, readRecord, updateRecord } from '../../run/run-record';
import type { Attempt } from '../../run/status/attempt';
import { fileErrorCode } from '../../util/file-errors';
import type { RunContainer, RunOptions } from '../run-container';
import type { Workers } from '../distributed/workers';
import type { Experiment } from '../experiment';
import { describeCompute, engineFor } from './compute';
import { checkDataFingerprint } from './data-fingerprint';
import type { Outcome } from './outcome';

/** Options of a training. */
interface Training {
  readonly folder: RunFolder;
  readonly attempt: Attempt;
  /** Initializes the experiment, and restores a checkpoint if any. */
  readonly prepare: (experiment: Experiment) => Promise<void>;
  /** True if no process has logged any of its points yet. */
  readonly isNew: boolean;
}

/** Trains, and records the outcome in any case. */
export async function train(
  container: RunContainer,
  { monitor }: RunOptions,
  { folder, attempt, prepare, isNew }: Training,
  workers?: Workers,
): Promise<Outcome> {
  try {
    return await container.stop.withSignalHandlers(async () => {
      if (workers) announceRun(folder.path);
      await workers?.shareFolder(folder.path);
      const experiment = container.createExperiment(
        folder,
        engineFor(container.settings, workers?.cluster),
        workers,
        attempt,
      );
      monitor.log(describeCompute(container.settings));
      await monitor.section('Prepare data', () => experiment.open());
      checkDataFingerprint(folder, experiment.fingerprint());
      await monitor.section('Prepare model', () => prepare(experiment));
      monitor.log(describeSize(summarizeModels(experiment.models)));
      container.startTracking(isNew ? undefined : experiment.loggedStep);
      const training = experiment.syncFromChief().then(() => experiment.loop());
      await (workers?.guard(training) ?? training);
      const { isFinished } = experiment;
      const { requested, reason, exitCode: signalled } = container.stop;
      // A signal after the last step interrupts its evaluation.
      const isInterrupted = requested && (reason === undefined || signalled !== undefined || !isFinished);
      const status = isInterrupted ? 'interrupted' : 'completed';
      if (status === 'completed' && (workers?.isChief ?? true)) await container.requireBest();
      attempt.checkWriter();
      const stopped = isInterrupted || reason === undefined ? {} : { stopped: reason };
      updateRecord(folder, { status, ...stopped, endedAt: new Date().toISOString(), step: experiment.step });
      const exitCode = isInterrupted ? (signalled ?? ExitCode.interrupted) : ExitCode.ok;
      return { folder, status, step: experiment.step, exitCode, canSample: experiment.sample !== undefined };
    });
  } catch (error) {
    recordFailure(folder, attempt, error);
    throw error;
  } finally {
    await container.close();
  }
}

/**
 * Records the failure of a run. The record of a run that had already ended, or was taken over by another process, is not changed. File
 * errors are ignored, so that the original error is reported.
 */
function recordFailure(folder: RunFolder, attempt: Attempt, error: unknown): void {
  try {
    if (attempt.isOvertaken || !existsSync(folder.record) || readRecord(folder).status !== 'running') return;
    endRecord(folder, { status: 'failed', error: messageOf(error), endedAt: new Date().toISOString() });
  } catch (other) {
    if (!fileErrorCode(other)) throw other;
  }
}
