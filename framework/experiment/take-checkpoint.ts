import type { Checkpoint } from '../checkpoint/checkpoint';
import { CheckpointFolder } from '../checkpoint/checkpoint-folder';
import { UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import type { RunFolder } from '../run/run-folder';
import type { Ingredients } from './assembly';
import type { Experiment } from './experiment';

/** A checkpoint of a run: that of a step, or the newest that is whole. */
export interface Source {
  readonly run: RunFolder;
  readonly step?: number | undefined;
}

/**
 * Opens a checkpoint, and says which damaged ones were passed over.
 * @param parts those that are wanted; all of them unless it is given
 * @throws UserError where there is none that is whole
 */
export async function openCheckpoint(
  { run, step }: Source,
  monitor: Monitor,
  parts?: readonly string[],
): Promise<Checkpoint> {
  const checkpoints = new CheckpointFolder(run.checkpoints);
  if (step !== undefined) return checkpoints.open(step, parts);
  const damaged: string[] = [];
  const passedOver = (of: number, reason: string) =>
    damaged.push(`The checkpoint of step ${of} is passed over: ${reason}`);
  const checkpoint = await checkpoints.openNewest(passedOver, parts);
  for (const line of damaged) monitor.say(line);
  if (damaged.length > 0) monitor.say(`Taking that of step ${checkpoint.manifest.position.step}.`);
  return checkpoint;
}

/**
 * Opens the checkpoint that a run of an experiment is to begin with.
 * @throws UserError where it is of another experiment
 */
export async function openSource(source: Source, { name, monitor }: Ingredients) {
  const checkpoint = await openCheckpoint(source, monitor);
  const { experiment, position } = checkpoint.manifest;
  if (experiment === name) return { checkpoint, from: { run: source.run.id, step: position.step } };
  await checkpoint.close();
  throw new UserError(`${source.run.id} is a run of ${experiment}, and cannot be gone on with as ${name}.`);
}

/** Gives an experiment the weights of a checkpoint that it draws with. */
export async function takeWeights(experiment: Experiment, source: Source, monitor: Monitor): Promise<void> {
  const checkpoint = await openCheckpoint(source, monitor, experiment.drawnFrom);
  try {
    await experiment.restore(checkpoint, experiment.drawnFrom);
  } finally {
    await checkpoint.close();
  }
}
