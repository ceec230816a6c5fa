import type { Checkpoint } from '../../checkpoint/checkpoint';
import { type Manifest, identityOf } from '../../checkpoint/manifest';
import { CheckpointFolder } from '../../checkpoint/checkpoint-folder';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import type { RunFolder } from '../../run/run-folder';
import type { RunOptions } from '../run-container';
import type { Experiment } from '../experiment';

/** Reference to a checkpoint of a run: the one of a step, or the latest valid one. */
export interface CheckpointRef {
  readonly run: RunFolder;
  readonly step?: number | undefined;
  /** Expected `identityOf` the checkpoint's manifest; not checked if undefined. */
  readonly identity?: string | undefined;
}

/**
 * Opens a checkpoint, and logs which damaged ones were skipped.
 * @param parts the parts to open; all of them by default
 * @throws UserError if there is no valid checkpoint
 */
export async function openCheckpoint(
  { run, step }: CheckpointRef,
  monitor: Monitor,
  parts?: readonly string[],
): Promise<Checkpoint> {
  const checkpoints = new CheckpointFolder(run.checkpoints);
  if (step !== undefined) return checkpoints.open(step, parts);
  const damaged: string[] = [];
  const onSkip = (skipped: number, reason: string) =>
    damaged.push(`Skipping the checkpoint of step ${skipped}: ${reason}`);
  const checkpoint = await checkpoints.openNewest(onSkip, parts);
  for (const line of damaged) monitor.log(line);
  if (damaged.length > 0) monitor.log(`Using the checkpoint of step ${checkpoint.manifest.position.step}.`);
  return checkpoint;
}

/**
 * Opens the checkpoint that a new run starts from.
 * @returns the checkpoint, and `from` for the run's record
 * @throws UserError if it belongs to another experiment, or its identity differs from the expected one
 */
export async function openForFork(source: CheckpointRef, { name, monitor }: RunOptions) {
  const checkpoint = await openCheckpoint(source, monitor);
  const { manifest } = checkpoint;
  const identity = identityOf(manifest);
  const problem = problemOf(source, manifest, name, identity);
  if (problem === undefined) {
    return { checkpoint, from: { run: source.run.id, step: manifest.position.step, identity } };
  }
  await checkpoint.close();
  throw new UserError(problem);
}

function problemOf(
  { run, identity }: CheckpointRef,
  { experiment, position }: Manifest,
  name: string,
  actual: string,
): string | undefined {
  if (experiment !== name)
    return `${run.id} is a run of ${experiment}: a run of ${name} cannot start from its checkpoint.`;
  if (identity === undefined || identity === actual) return undefined;
  return `The checkpoint of step ${position.step} of ${run.id} has been overwritten since: its values differ.`;
}

/** Restores the parts of a checkpoint that are needed for sampling. */
export async function restoreWeights(experiment: Experiment, source: CheckpointRef, monitor: Monitor): Promise<void> {
  const checkpoint = await openCheckpoint(source, monitor, experiment.inferenceParts);
  try {
    await experiment.restore(checkpoint, experiment.inferenceParts);
  } finally {
    await checkpoint.close();
  }
}
