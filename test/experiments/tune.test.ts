import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseOverrides } from '../../framework/config/parse/override';
import { UserError } from '../../framework/errors';
import type { RunOptions } from '../../framework/experiment/run-container';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { rerun } from '../../framework/experiment/lifecycle/rerun';
import { tuneRun } from '../../framework/experiment/lifecycle/tune-run';
import { findRun } from '../../framework/run/find-run';
import type { RunFolder } from '../../framework/run/run-folder';
import { readRecord, updateRecord } from '../../framework/run/run-record';
import { askToStop, ingredientsOf, metricsOf } from '../support/run-options';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const WORDS = [
  ...['model.channels=[8]', 'model.blocks=1', 'learningRate=0.5', 'optimizer=SGD', 'trackers=[JSONL]'],
  ...['logEverySteps=1', 'maxSteps=8', 'checkpoint.everySteps=2', 'checkpoint.keep=9'],
];

describe('exp tune', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const ingredients = (onUpdate?: (done: number) => void): RunOptions =>
    ingredientsOf('classify', WORDS, onUpdate ? { onUpdate } : {});
  const tune = (...args: string[]) => tuneRun(ingredients(), findRun(runs(), 'latest'), args);
  const ratesOf = (folder: RunFolder) => metricsOf(folder).flatMap(({ learningRate }) => learningRate ?? []);
  const weightsAt = (folder: RunFolder, step: number) =>
    ['model', 'optimizer'].map((part) => readFileSync(join(folder.checkpoints, String(step), `${part}.safetensors`)));

  it('changes a run from its next step on, and again if it is resumed from an earlier one, bit-exactly', async () => {
    const tuneAt = (done: number) => {
      if (done === 3) tune('learningRate=0.25');
      if (done === 5) tune('learningRate=0.125');
    };
    const { folder: straight } = await startRun(ingredients(tuneAt), runs());
    expect(ratesOf(straight)).to.deep.equal([0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125]);

    const stopAt = (done: number) => {
      tuneAt(done);
      if (done === 6) askToStop();
    };
    const { folder, step } = await startRun(ingredients(stopAt), runs());
    expect(step).to.equal(7);
    // As though the process had been killed after the second change, with the checkpoint from before the first as its newest.
    for (const lost of [4, 6, 7]) rmSync(join(folder.checkpoints, String(lost)), { recursive: true });
    await resumeRun(ingredients(), folder);
    expect(ratesOf(folder)).to.deep.equal(ratesOf(straight));
    expect(weightsAt(folder, 8).map((bytes, part) => bytes.equals(weightsAt(straight, 8)[part]!))).to.deep.equal([
      true,
      true,
    ]);
  });

  it('applies until the setting is given again, at a resume or a fork', async () => {
    const stopAt = (done: number) => {
      if (done === 2) tune('learningRate=0.25');
      if (done === 4) askToStop();
    };
    const named = [...WORDS, 'learningRate=0.125'];
    const changes = parseOverrides(['learningRate=0.125']);
    const { folder } = await startRun(ingredients(stopAt), runs());
    const from = { run: folder, step: 5 };
    const { folder: fork } = await startRun(ingredients(), runs(), { from });
    const { folder: changed } = await startRun(ingredientsOf('classify', named), runs(), { from, changes });
    await resumeRun(ingredientsOf('classify', named), folder, { changes });
    expect([fork, changed, folder].map((run) => ratesOf(run).slice(-3))).to.deep.equal([
      [0.25, 0.25, 0.25],
      [0.125, 0.125, 0.125],
      [0.125, 0.125, 0.125],
    ]);
  });

  it('is repeated at its steps if the run is restarted from its record', async () => {
    const { folder: original } = await startRun(
      ingredients((done) => done === 3 && tune('learningRate=0.25')),
      runs(),
    );
    const { folder } = await rerun(ingredients(), original, runs());
    expect(readRecord(folder)).to.include({ status: 'completed', rerunOf: original.id });
    expect(ratesOf(folder)).to.deep.equal([0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25]);
    expect(weightsAt(folder, 8)).to.deep.equal(weightsAt(original, 8));
  });

  it('is repeated in a rerun only if it took effect, and if the setting is not given', async () => {
    const stopAt = (done: number) => {
      if (done === 2) tune('learningRate=0.25');
      if (done === 4) askToStop();
    };
    const { folder } = await startRun(ingredients(stopAt), runs());
    tune('learningRate=0.125');
    const lines: string[] = [];
    const again = await rerun(ingredientsOf('classify', WORDS, { output: lines }), folder, runs());
    expect(ratesOf(again.folder)).to.deep.equal([0.5, 0.5, ...Array<number>(6).fill(0.25)]);
    expect(lines.join('')).to.contain('learningRate=0.125 was requested but never took effect');
    const changes = parseOverrides(['learningRate=0.0625']);
    const named = await rerun(ingredientsOf('classify', [...WORDS, 'learningRate=0.0625']), folder, runs(), {
      changes,
    });
    expect(ratesOf(named.folder)).to.deep.equal(Array<number>(8).fill(0.0625));
  });

  it('applies to a stopped run when it resumes', async () => {
    const { folder, step } = await startRun(
      ingredients((done) => done === 2 && askToStop()),
      runs(),
    );
    expect(tune('learningRate=0.125')).to.deep.equal({ set: ['learningRate=0.125'], status: 'interrupted' });
    await resumeRun(ingredients(), folder);
    expect(ratesOf(folder).slice(step)).to.deep.equal([0.125, 0.125, 0.125, 0.125, 0.125]);
    expect(ratesOf(folder).slice(0, step)).to.deep.equal([0.5, 0.5, 0.5]);
  });

  it('writes nothing if it refuses', async () => {
    const { folder } = await startRun(ingredients(), runs());
    expect(readRecord(folder).status).to.equal('completed');
    expect(() => tune('learningRate=0.1')).to.throw(UserError, 'is completed: there is no next step to change.');
    updateRecord(folder, { status: 'interrupted' });
    expect(() => tune('learningRate=-1')).to.throw(UserError, '-1 is less than 0');
    expect(() => tune('checkpoint.best=los'))
      .to.throw(UserError, `checkpoint.best=los: ${folder.id} has no metric "los" so far.`)
      .with.nested.property('hints[0]')
      .that.matches(/^Did you mean loss\?/);
    expect(() => tune('learningRate=0.1', 'batchSize=3')).to.throw(UserError, 'batchSize cannot be changed');
    expect(() => tune())
      .to.throw(UserError, `Specify the settings to change: exp tune ${folder.id} key=value`)
      .with.nested.property('hints[0]')
      .that.matches(/learningRate/);
    expect(existsSync(folder.tune)).to.equal(false);
  });
});
