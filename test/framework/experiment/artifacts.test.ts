import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { textArtifact } from '../../../framework/artifacts/artifact';
import { audioArtifact } from '../../../framework/artifacts/audio';
import type { CheckpointParts } from '../../../framework/checkpoint/checkpoint';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { Experiment } from '../../../framework/experiment/experiment';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { Run } from '../../../framework/experiment/run';
import type { SampleFormat, SamplingOptions } from '../../../framework/experiment/sampling/samples';
import { ExperimentSettings } from '../../../framework/experiment/settings';
import { summarizeMetrics } from '../../../framework/run/metric-summary';
import { readJSONLines } from '../../../framework/util/json-lines';
import { JSONLTracker } from '../../../plugins/trackers/jsonl';
import { ingredientsOf, metricsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

/** Two samples as files of the formats that have a type of artifact, and of one that has none. */
const FILES: Readonly<Record<string, Buffer | string>> = {
  '.txt': 'first\nsecond\n',
  '.csv': 'n\n0\n1\n',
  '.wav': audioArtifact([0, 1], 8000).content,
  '.bin': Buffer.of(0, 1),
};

/** Trains nothing: logs a note at each step, and samples of each format after each epoch. */
@option(Experiment, 'logging', ExperimentSettings, Run)
class Logging extends Experiment<number> {
  override sampleFormat: SampleFormat<number> = this.formatOf('.txt');

  open(): Promise<void> {
    this.source = { batchesPerEpoch: 1, epoch: () => [0] };
    return Promise.resolve();
  }

  init(): void {
    // No variables.
  }

  override trainStep(): Promise<void> {
    this.run.tracking.add('loss', 1);
    return this.run.artifact(this.step + 1, 'notes/step', textArtifact(`step ${this.step + 1}`));
  }

  override async preview(): Promise<void> {
    for (const extension of Object.keys(FILES)) {
      this.sampleFormat = this.formatOf(extension);
      await this.logSamples({ seed: 1, indices: [0, 1] }, extension.slice(1));
    }
  }

  override async *sample({ indices }: SamplingOptions): AsyncGenerator<number> {
    for (const index of indices) yield await Promise.resolve(index);
  }

  override get parts(): CheckpointParts {
    return { model: [] };
  }

  private formatOf(extension: string): SampleFormat<number> {
    const content = FILES[extension] ?? '';
    return {
      noun: 'samples',
      combined: [extension, ''],
      single: extension,
      combine: () => Promise.resolve(content),
      split: () => [],
    };
  }
}

describe('an experiment that logs artifacts', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const registry = new Registry();
  registry.add({ Logging, JSONLTracker }, 'logging.ts');
  const options = (...args: string[]) => ({
    ...ingredientsOf('diffuse', []),
    registry,
    name: 'logging',
    overrides: parseOverrides(['trackers=[JSONL]', 'logEverySteps=1', ...args]),
  });

  it('has their files by step, and their paths once in metrics.jsonl, also if it is killed and resumed', async () => {
    const { folder } = await startRun(options('epochs=1'), runs());
    const [line] = readFileSync(folder.metrics, 'utf8').split('\n');
    // What a process logs after its last checkpoint, before it is killed.
    appendFileSync(folder.metrics, `${line?.replace('"step":1', '"step":2')}\n`);
    const changes = parseOverrides(['epochs=2']);
    await resumeRun(options('epochs=2'), folder, { changes });

    const expected = [1, 2].flatMap((step) => [
      { step, artifact: { name: 'notes/step', type: 'text', path: `artifacts/notes/step-${step}.md` } },
      { step, artifact: { name: 'txt', type: 'text', path: `artifacts/txt-${step}.txt` } },
      { step, artifact: { name: 'csv', type: 'table', path: `artifacts/csv-${step}.csv` } },
      { step, artifact: { name: 'wav', type: 'audio', path: `artifacts/wav-${step}.wav` } },
      { step, artifact: { name: 'bin', type: 'file', path: `artifacts/bin-${step}.bin` } },
    ]);
    const lines = readJSONLines(folder.metrics) as Partial<(typeof expected)[number]>[];
    const logged = lines.filter(({ artifact }) => artifact).map(({ step, artifact }) => ({ step, artifact }));
    expect(logged).to.deep.equal(expected);
    expect(metricsOf(folder).map(({ step }) => step)).to.deep.equal([1, 2]);
    expect(summarizeMetrics(folder.metrics).get('loss')).to.deep.equal({ last: 1, min: 1, max: 1 });
    for (const { artifact } of expected) expect(existsSync(join(folder.path, artifact.path))).to.equal(true);
    expect(readFileSync(join(folder.artifacts, 'txt-2.txt'), 'utf8')).to.equal(FILES['.txt']);
  });
});
