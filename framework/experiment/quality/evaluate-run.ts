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
import { RunAssembly } from '../assembly';
import { loadFor } from '../lifecycle/compute';
import { checkInteger } from '../sampling/sampling-request';
import { SAMPLING_SETTINGS, samplingSettings, parseSamplingSettings } from '../sampling/sampling-settings';
import type { Experiment } from '../experiment';
import type { QualityRequest } from './quality';
import { type CheckpointRef, restoreWeights } from '../weights/checkpoint-ref';

interface Request extends QualityRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  /** Settings that the drawing has instead of the run's, as typed: `sampler=DDIM`. */
  readonly settings: readonly string[];
}

/**
 * Draws images by the model of a run's checkpoint, measures how good they are, and adds that to the run's record.
 * @throws UserError where the request is wrong, before anything is drawn
 */
export async function evaluateRun(request: Request): Promise<{ folder: RunFolder; evaluation: EvaluationRecord }> {
  const { registry, monitor, runs, settings, measures, count, seed } = request;
  checkSampleSize('--n', count);
  checkInteger('seed', seed, 0);
  if (measures) checkMeasures(measures);
  const others = parseSamplingSettings(settings);
  const source = await findCheckpoint(runs, request.run, (text) => monitor.log(text));
  const { run: folder } = source;
  checkFolderWritable(folder.path);
  const record = readRecord(folder);
  const overrides = samplingSettings(recordedOverrides(record), others);
  const assembly = new RunAssembly({ registry, monitor, name: record.experiment, overrides });
  await loadFor(assembly.settings);
  try {
    const experiment = assembly.createExperiment(folder);
    const evaluation = await evaluate(assembly, experiment, { measures, count, seed }, source, monitor);
    recordEvaluation(folder, evaluation);
    return { folder, evaluation };
  } finally {
    await assembly.close();
  }
}

async function evaluate(
  assembly: RunAssembly,
  experiment: Experiment,
  request: QualityRequest,
  source: CheckpointRef,
  monitor: Monitor,
): Promise<EvaluationRecord> {
  const startedAt = performance.now();
  const { quality } = experiment;
  if (!quality || !experiment.sample) {
    throw new UserError(
      `${source.run.id} is a run of an experiment that draws no images: there is nothing to measure.`,
    );
  }
  await quality.open(request);
  await experiment.init();
  await restoreWeights(experiment, source, monitor);
  const draw = experiment.sample.bind(experiment);
  const { features, ...found } = await quality.measure(draw, request);
  return {
    at: new Date().toISOString(),
    step: experiment.step,
    images: request.count,
    seed: request.seed,
    features,
    ...found,
    settings: drawnBy(assembly),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

/** The settings that a drawing depends on besides the model. */
function drawnBy({ resolution }: RunAssembly): Record<string, unknown> {
  const entries = [...resolution.root.entries()].filter(({ key }) =>
    SAMPLING_SETTINGS.some((name) => key === name || key.startsWith(`${name}.`)),
  );
  return Object.fromEntries(entries.map(({ key, value }) => [key, value ?? null]));
}
