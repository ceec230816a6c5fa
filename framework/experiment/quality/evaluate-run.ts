import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { checkSampleSize } from '../../quality/sample-size';
import { checkMeasures } from '../../quality/measures';
import { type EvaluationRecord, recordEvaluation } from '../../run/evaluations';
import { findCheckpoint } from '../../run/find-checkpoint';
import type { RunFolder } from '../../run/run-folder';
import { recordedOverrides, readRecord } from '../../run/run-record';
import { checkFolderWritable } from '../../util/writable';
import { RunContainer } from '../run-container';
import { loadFor } from '../lifecycle/compute';
import { checkInteger } from '../sampling/sampling-request';
import { SAMPLING_SETTINGS, samplingSettings, parseSamplingSettings } from '../sampling/sampling-settings';
import type { Experiment } from '../experiment';
import type { ImageGenerator } from '../sampling/image-abilities';
import type { QualityRequest } from './quality';
import { type CheckpointRef, restoreWeights } from '../weights/checkpoint-ref';
import { SAMPLING } from '../weights/with-model';

interface Request extends QualityRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** Folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  /** Settings that override the run's for sampling, as typed: `sampler=DDIM`. */
  readonly settings: readonly string[];
}

/**
 * Generates images from a run's checkpoint, evaluates their quality, and records the evaluation in the run's folder.
 * @throws UserError if the request is invalid, before any image is generated
 */
export async function evaluateRun(request: Request): Promise<{ folder: RunFolder; evaluation: EvaluationRecord }> {
  const { registry, monitor, runs, settings, measures, count, seed } = request;
  checkSampleSize('--n', count);
  checkInteger('seed', seed, 0);
  if (measures) checkMeasures(measures);
  const changes = parseSamplingSettings(settings);
  const source = await findCheckpoint(runs, request.run, (text) => monitor.log(text));
  const { run: folder } = source;
  checkFolderWritable(folder.path);
  const record = readRecord(folder);
  const overrides = samplingSettings(recordedOverrides(record), changes);
  const container = new RunContainer({ registry, monitor, name: record.experiment, overrides });
  await loadFor(container.settings);
  try {
    const experiment = container.createExperiment(folder);
    const evaluation = await evaluate(container, experiment, { measures, count, seed }, source, monitor);
    recordEvaluation(folder, evaluation);
    return { folder, evaluation };
  } finally {
    await container.close();
  }
}

async function evaluate(
  container: RunContainer,
  experiment: Experiment,
  request: QualityRequest,
  source: CheckpointRef,
  monitor: Monitor,
): Promise<EvaluationRecord> {
  const startedAt = performance.now();
  const generator = experiment as Experiment & Partial<ImageGenerator>;
  const { quality } = generator;
  if (!quality || !SAMPLING.isIn(experiment)) {
    throw new UserError(
      `${source.run.id} is a run of an experiment that does not generate images: nothing to evaluate.`,
    );
  }
  await quality.open(request);
  await experiment.init();
  await restoreWeights(experiment, source, monitor);
  const { features, ...results } = await quality.measure(
    (options) => (generator as ImageGenerator).sample(options),
    request,
  );
  return {
    at: new Date().toISOString(),
    step: experiment.step,
    images: request.count,
    seed: request.seed,
    features,
    ...results,
    settings: samplingSettingsOf(container),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

/** Settings that sampling depends on, in addition to the model. */
function samplingSettingsOf({ resolution }: RunContainer): Record<string, unknown> {
  const entries = [...resolution.root.entries()].filter(({ key }) =>
    SAMPLING_SETTINGS.some((name) => key === name || key.startsWith(`${name}.`)),
  );
  return Object.fromEntries(entries.map(({ key, value }) => [key, value ?? null]));
}
