import type { Override } from '../../config/parse/override';
import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { type EvaluationRecord, recordEvaluation } from '../../run/evaluations';
import { findCheckpoint } from '../../run/find-checkpoint';
import type { RunFolder } from '../../run/run-folder';
import { readRecord, recordedOverrides } from '../../run/run-record';
import { checkFolderWritable } from '../../util/writable';
import type { Experiment } from '../experiment';
import { loadFor } from '../lifecycle/compute';
import { RunContainer } from '../run-container';
import { checkInteger } from '../sampling/sampling-request';
import {
  isSamplingSetting,
  parseSamplingSettings,
  samplingNames,
  samplingSettings,
} from '../sampling/sampling-settings';
import { type CheckpointRef, restoreWeights } from '../weights/checkpoint-ref';
import type { EvaluationRequest } from './evaluator';

interface Request extends EvaluationRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** Folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  /** Settings that override the run's for sampling, as typed, `temperature=0.8`, or parsed. */
  readonly settings: readonly (string | Override)[];
}

/**
 * Evaluates the model of a run's checkpoint, and records the evaluation in the run's folder.
 * @throws UserError if the request is invalid, before anything is computed
 */
export async function evaluateRun(request: Request): Promise<{ folder: RunFolder; evaluation: EvaluationRecord }> {
  const { registry, monitor, runs, settings, metrics, count, seed } = request;
  checkInteger('seed', seed, 0);
  const source = await findCheckpoint(runs, request.run, (text) => monitor.log(text));
  const { run: folder } = source;
  checkFolderWritable(folder.path);
  const record = readRecord(folder);
  const own = recordedOverrides(record);
  const changes = parseSamplingSettings(settings, { registry, experiment: record.experiment, own });
  const overrides = samplingSettings(own, changes);
  const container = new RunContainer({ registry, monitor, name: record.experiment, overrides });
  await loadFor(container.settings);
  try {
    const experiment = container.createExperiment(folder);
    const evaluation = await evaluate(container, experiment, { metrics, count, seed }, source, monitor);
    recordEvaluation(folder, evaluation);
    return { folder, evaluation };
  } finally {
    await container.close();
  }
}

async function evaluate(
  container: RunContainer,
  experiment: Experiment,
  request: EvaluationRequest,
  source: CheckpointRef,
  monitor: Monitor,
): Promise<EvaluationRecord> {
  const startedAt = performance.now();
  const { evaluator } = experiment;
  await evaluator.open(request);
  await experiment.init();
  await restoreWeights(experiment, source, monitor);
  const { numbers, details } = await evaluator.measure(request);
  if (Object.keys(numbers).length === 0)
    throw new UserError(`${source.run.id} is a run of an experiment without an evaluation.`);
  return {
    at: new Date().toISOString(),
    step: experiment.step,
    seed: request.seed,
    numbers,
    ...details,
    settings: samplingSettingsOf(container),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

/** Settings that the evaluation depends on, in addition to the model. */
function samplingSettingsOf({ resolution }: RunContainer): Record<string, unknown> {
  const names = samplingNames(resolution.root.type);
  const entries = [...resolution.root.entries()].filter(({ key }) => isSamplingSetting(key, names));
  return Object.fromEntries(entries.map(({ key, value }) => [key, value ?? null]));
}
