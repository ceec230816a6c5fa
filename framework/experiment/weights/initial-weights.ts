import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { savedSteps } from '../../checkpoint/checkpoint-folder';
import { identityOf } from '../../checkpoint/manifest';
import type { Override } from '../../config/parse/override';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { findCheckpoint } from '../../run/find-checkpoint';
import { RunFolder } from '../../run/run-folder';
import type { InitialWeightsRecord } from '../../run/run-record';
import type { RunContainer } from '../run-container';
import { type CheckpointRef, openCheckpoint } from './checkpoint-ref';
import { commandName } from '../../util/command-name';

/** Where checkpoints are looked for. */
interface Search {
  /** Folder of all runs. */
  readonly root: string;
  readonly monitor: Monitor;
  /** Checkpoints that the names stood for when a run was first started. */
  readonly recorded?: readonly InitialWeightsRecord[] | undefined;
}

/**
 * Resolves the settings `initialWeights.from` of a run.
 * @throws UserError if there is no such run or checkpoint, or a recorded one has been overwritten
 */
export async function resolveInitialWeights(
  { resolution }: RunContainer,
  search: Search,
): Promise<InitialWeightsRecord[]> {
  const settings = [...resolution.root.entries()].filter(({ key }) => /(^|\.)initialWeights\.from$/.test(key));
  const names = new Set(settings.map(({ value }) => value).filter((value) => typeof value === 'string'));
  const found: InitialWeightsRecord[] = [];
  for (const name of names) found.push(await resolveName(name, search));
  return found;
}

async function resolveName(name: string, { root, monitor, recorded = [] }: Search): Promise<InitialWeightsRecord> {
  const known = recorded.find((each) => each.name === name);
  const log = (text: string): void => monitor.log(text);
  const source = known ? recordedCheckpoint(root, known) : await findCheckpoint(root, name, log);
  const { manifest } = await openCheckpoint(source, monitor, []);
  const identity = identityOf(manifest);
  if (known && known.identity !== identity) throw overwritten(known);
  return { name, run: relative(root, source.run.path), step: manifest.position.step, identity };
}

/** Opens a recorded checkpoint. @throws UserError if it no longer exists, or has been overwritten */
export async function openInitialWeights(root: string, recorded: InitialWeightsRecord, monitor: Monitor) {
  const checkpoint = await openCheckpoint(recordedCheckpoint(root, recorded), monitor);
  if (identityOf(checkpoint.manifest) === recorded.identity) return checkpoint;
  await checkpoint.close();
  throw overwritten(recorded);
}

function recordedCheckpoint(root: string, { run, step }: InitialWeightsRecord): CheckpointRef {
  const folder = new RunFolder(join(root, run));
  if (savedSteps(folder.checkpoints).includes(step)) return { run: folder, step };
  const hint = existsSync(folder.record)
    ? 'The run has removed it (see checkpoint.keep and checkpoint.keepEvery).'
    : `The run is not in ${root}. If it is in the trash: ${commandName()} runs restore ${folder.id}`;
  throw new UserError(`The initial weights were those of step ${step} of ${run}, which no longer exist.`, {
    hints: [hint, 'Or name another checkpoint: initialWeights.from=RUN@STEP'],
  });
}

function overwritten({ run, step }: InitialWeightsRecord): UserError {
  return new UserError(`The checkpoint of step ${step} of ${run} has been overwritten since: its values differ.`);
}

/** @throws UserError if a change names initial weights for a run that continues from a checkpoint */
export function rejectInitialWeights(changes: readonly Override[]): void {
  const change = changes.find(({ key }) => /(^|\.)initialWeights(\.|$)/.test(key));
  if (!change) return;
  throw new UserError(`${change.key} would have no effect: the weights are those of the checkpoint.`, {
    hints: [`Start a new run: ${commandName()} run EXPERIMENT initialWeights.from=RUN@STEP`],
  });
}
