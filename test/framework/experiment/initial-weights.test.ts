import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CheckpointFolder, savedSteps } from '../../../framework/checkpoint/checkpoint-folder';
import { readManifest, identityOf } from '../../../framework/checkpoint/manifest';
import type { Checkpoint } from '../../../framework/checkpoint/checkpoint';
import type { NamedArray } from '../../../framework/checkpoint/safetensors';
import { savedParameters } from '../../../framework/checkpoint/variables';
import { InitialWeightsSettings } from '../../../framework/experiment/weights/initial-weights-settings';
import { loadInitialWeights } from '../../../framework/experiment/weights/load-initial-weights';
import { Linear, Module } from '../../../framework';
import { Random } from '../../../framework/random/random';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import { UserError } from '../../../framework/errors';
import { rerun } from '../../../framework/experiment/lifecycle/rerun';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import type { RunFolder } from '../../../framework/run/run-folder';
import { readRecord } from '../../../framework/run/run-record';
import { rejection } from '../../support/rejection';
import { ingredientsOf } from '../../support/run-options';
import { withTensorFlow } from '../../support/tensorflow';

const QUICK = ['trackers=[]', 'compile=false', 'dataset.rows=20', 'batchSize=4', 'model.hidden=[3]', 'maxSteps=1'];

class Classifier extends Module {
  readonly encoder = new Linear(1, 2);
  readonly head = new Linear(2, 1);
}

describe('Initial weights', () => {
  withTensorFlow();
  let root: string;
  const runs = (): string => root;
  const regress = (...args: string[]) => ingredientsOf('regress', [...QUICK, ...args]);
  const train = async (...args: string[]): Promise<RunFolder> => (await startRun(regress(...args), runs())).folder;
  let source: RunFolder;
  let from: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'explab-'));
    source = await train('ema=0.5', 'maxSteps=2');
    from = `initialWeights.from=${source.id}@2`;
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  /** Weights of a checkpoint, by their names. */
  async function weightsOf({ checkpoints }: RunFolder, part = 'model'): Promise<Record<string, number[]>> {
    const checkpoint = await new CheckpointFolder(checkpoints).open(savedSteps(checkpoints).at(-1) ?? 0);
    const arrays = await checkpoint.read(part);
    await checkpoint.close();
    return Object.fromEntries(arrays.map(({ name, data }) => [name, [...data]]));
  }

  /** The error of a run that leaves no folder behind. */
  async function refused(...args: string[]): Promise<string> {
    const before = readdirSync(join(runs(), 'regress'));
    const error = await rejection(train(...args));
    expect(error).to.be.instanceOf(UserError);
    expect(readdirSync(join(runs(), 'regress'))).to.deep.equal(before);
    return (error as UserError).text;
  }

  it('are those of another run’s checkpoint, averaged, for the model and its average', async () => {
    const run = await train(from, 'seed=2', 'learningRate=0', 'ema=0.9');
    const averaged = await weightsOf(source, 'ema');
    expect(await weightsOf(run)).to.deep.equal(averaged);
    expect(averaged).not.to.deep.equal(await weightsOf(source));
    expect(await weightsOf(run, 'ema')).to.deep.equal(averaged);
  });

  it('are recorded with the checkpoint’s identity, and not needed to resume', async () => {
    const other = await train('seed=3');
    const name = `initialWeights.from=${other.id}`;
    const run = await train(name);
    const identity = identityOf(await readManifest(join(other.checkpoints, '1')));
    const recorded = { name: other.id, run: `regress/${other.id}`, step: 1, identity };
    expect(readRecord(run).initialWeights).to.deep.equal([recorded]);
    rmSync(other.path, { recursive: true });
    const more = regress(name, 'maxSteps=2');
    expect(await resumeRun(more, run, { changes: more.overrides.slice(-1) })).to.include({ step: 2 });
    const error = (await rejection(rerun(regress(name), run, runs()))) as UserError;
    expect(error.message).to.equal(
      `The initial weights were those of step 1 of regress/${other.id}, which no longer exist.`,
    );
  });

  it('are the same when the run is repeated, also if their name stands for a later checkpoint by then', async () => {
    const args = ['initialWeights.from=latest', 'seed=2', 'learningRate=0'];
    const run = await train(...args);
    await train('seed=5');
    const { folder } = await rerun(regress(...args), run, runs());
    expect(readRecord(folder).initialWeights).to.deep.equal(readRecord(run).initialWeights);
    expect(await weightsOf(folder)).to.deep.equal(await weightsOf(run));
  });

  it('are used when a run is resumed before its first checkpoint', async () => {
    const run = await train(from, 'learningRate=0');
    const weights = await weightsOf(run);
    for (const step of savedSteps(run.checkpoints)) rmSync(join(run.checkpoints, String(step)), { recursive: true });
    const again = regress(from, 'learningRate=0', 'logEverySteps=2');
    await resumeRun(again, run, { changes: again.overrides.slice(-1) });
    expect(await weightsOf(run)).to.deep.equal(weights);
  });

  it('must have the names and shapes of the model, unless only those in common are loaded', async () => {
    const deeper = [from, 'model.hidden=[3,3]', 'learningRate=0'];
    const text = await refused(...deeper);
    expect(text).to.contain('does not match the model; nothing was loaded');
    expect(text).to.match(/layers\.1\.weight: expected \[3, 3\], got \[1, 3\]/);
    expect(text).to.contain('layers.2.weight: missing in the file');
    const wider = await refused(from, 'model.hidden=[4]', 'initialWeights.strict=false');
    expect(wider).to.contain('layers.0.weight: expected [4, 10], got [3, 10]');
  });

  it('of a checkpoint that does not exist are refused with the nearest name', async () => {
    expect(await refused(`initialWeights.from=${source.id}x@1`)).to.contain(`Did you mean ${source.id}?`);
    expect(await refused(`initialWeights.from=${source.id}@7`)).to.match(/step 7/);
    expect(await refused(from, 'initialWeights.part=modell')).to.contain('Did you mean model?');
    expect(await refused(from, 'initialWeights.into=layer')).to.contain('Did you mean layers?');
  });

  it('are refused for a run that continues from a checkpoint', async () => {
    const late = regress(from);
    const changes = late.overrides.slice(-1);
    const fork = startRun(late, runs(), { from: { run: source, step: 2 }, changes });
    expect(await rejection(fork)).to.match(/initialWeights\.from would have no effect/);
    const more = regress('maxSteps=3', from);
    const resumed = resumeRun(more, source, { changes: more.overrides.slice(-2) });
    expect(await rejection(resumed)).to.match(/initialWeights\.from would have no effect/);
  });

  describe('of a module', () => {
    const array = (name: string, shape: number[], value: number): NamedArray => {
      const size = shape.reduce((product, length) => product * length, 1);
      return { name, shape, data: new Float32Array(size).fill(value) };
    };
    const LINEAR = [array('weight', [2, 1], 7), array('bias', [2], 8)];

    /** Loads arrays into an encoder with a head. */
    async function load(arrays: readonly NamedArray[], settings: Partial<InitialWeightsSettings>) {
      const model = new Classifier();
      model.initialize(Random.fromSeed(1));
      const weights = savedParameters(model.parameters());
      const engine = new EagerEngine();
      const stub: unknown = {
        parts: ['model'],
        has: (part: string) => part === 'model',
        read: () => arrays,
        manifest: { position: { step: 1 } },
      };
      const all = Object.assign(
        new InitialWeightsSettings(),
        { strict: true, part: undefined, into: undefined },
        settings,
      );
      const loaded = await loadInitialWeights(stub as Checkpoint, all, { part: 'model', weights, engine });
      const values = await engine.read(weights.map(({ variable }) => variable));
      return {
        ...loaded,
        values: Object.fromEntries(weights.map(({ name }, index) => [name, [...(values[index] ?? [])]])),
      };
    }

    it('are those of the whole other model, by names within the module', async () => {
      const { assigned, others, values } = await load(LINEAR, { into: 'encoder' });
      expect({ assigned, others }).to.deep.equal({ assigned: 2, others: ['head.weight', 'head.bias'] });
      expect(values['encoder.weight']).to.deep.equal([7, 7]);
      expect(values['encoder.bias']).to.deep.equal([8, 8]);
    });

    it('are those that both models have if they need not all match', async () => {
      const arrays = [array('encoder.weight', [2, 1], 7), array('decoder.weight', [1, 2], 9)];
      const { others, values } = await load(arrays, { strict: false });
      expect(others).to.deep.equal(['encoder.bias', 'head.weight', 'head.bias']);
      expect(values['encoder.weight']).to.deep.equal([7, 7]);
      expect(await rejection(load(arrays.slice(1), { strict: false }))).to.match(/no weights with names of the model/);
    });
  });
});
