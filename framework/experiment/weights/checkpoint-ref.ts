import type { Checkpoint } from '../../checkpoint/checkpoint';
import { type Manifest, identityOf } from '../../checkpoint/manifest';
import { CheckpointFolder } from '../../checkpoint/checkpoint-folder';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import type { RunFolder } from '../../run/run-folder';
import type { RunOptions } from '../assembly';
import type { Experiment } from '../experiment';

/** A checkpoint of a run: that of a step, or the newest that is whole. */
export interface CheckpointRef {
  readonly run: RunFolder;
  readonly step?: number | undefined;
  /** Of the checkpoint, if it must be that very one: `identityOf` its manifest. */
  readonly identity?: string | undefined;
}

/**
 * Opens a checkpoint, and says which damaged ones were passed over.
 * @param parts those that are wanted; all of them unless it is given
 * @throws UserError where there is none that is whole
 */
export async function openCheckpoint(
  { run, step }: CheckpointRef,
  monitor: Monitor,
  parts?: readonly string[],
): Promise<Checkpoint> {
  const checkpoints = new CheckpointFolder(run.checkpoints);
  if (step !== undefined) return checkpoints.open(step, parts);
  const damaged: string[] = [];
  const passedOver = (of: number, reason: string) =>
    damaged.push(`The checkpoint of step ${of} is passed over: ${reason}`);
  const checkpoint = await checkpoints.openNewest(passedOver, parts);
  for (const line of damaged) monitor.log(line);
  if (damaged.length > 0) monitor.log(`Taking that of step ${checkpoint.manifest.position.step}.`);
  return checkpoint;
}

/**
 * Opens the checkpoint that a run of an experiment is to begin with.
 * @returns it with what the run's record says of it
 * @throws UserError if it is of another experiment, or another than is wanted
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
  found: string,
): string | undefined {
  if (experiment !== name)
    return `${run.id} is a run of ${experiment}: a run of ${name} cannot begin with its checkpoint.`;
  if (identity === undefined || identity === found) return undefined;
  return `The checkpoint of step ${position.step} of ${run.id} has been saved anew since: it holds other values than before.`;
}

/** Gives an experiment the weights of a checkpoint that it draws with. */
export async function restoreWeights(experiment: Experiment, source: CheckpointRef, monitor: Monitor): Promise<void> {
  const checkpoint = await openCheckpoint(source, monitor, experiment.inferenceParts);
  try {
    await experiment.restore(checkpoint, experiment.inferenceParts);
  } finally {
    await checkpoint.close();
  }
}
