import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from '../../../framework/checkpoint/safetensors';
import { UserError } from '../../../framework/errors';
import { drawImages } from '../../support/draw-images';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { exportWeights } from '../../../framework/experiment/weights/export-weights';
import { importWeights } from '../../../framework/experiment/weights/import-weights';
import { rerun } from '../../../framework/experiment/lifecycle/rerun';
import type { RunFolder } from '../../../framework/run/run-folder';
import { readRecord } from '../../../framework/run/run-record';
import { SMALL } from '../../support/exp';
import { ingredientsOf, metricsOf } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';
import { trainedOnce } from '../../support/trained-once';

const WORDS = [...SMALL, 'trackers=[JSONL]', 'compile=false', 'logEverySteps=1'];
const diffuse = (...args: string[]) => ingredientsOf('diffuse', [...WORDS, ...args]);

describe('weights as a file', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const runs = () => join(root(), 'runs');
  const file = (name = 'model.safetensors') => join(root(), name);
  const trained = async (...args: string[]): Promise<RunFolder> =>
    (await trainedOnce(runs(), [...WORDS, ...args], (root) => startRun(diffuse('maxSteps=2', ...args), root))).folder;
  const saved = ({ checkpoints }: RunFolder, step: number, part: string) =>
    arraysIn(join(checkpoints, String(step), `${part}.safetensors`));

  const exported = (run: RunFolder, request: { out: string; raw?: boolean }, step?: number) =>
    exportWeights({ run, step }, request, diffuse().monitor);

  const arraysIn = (path: string): NamedArray[] => decodeSafetensors(readFileSync(path), path);

  /** Writes a file with some arrays changed, or one more. */
  function change(changed: (array: NamedArray) => NamedArray, ...more: NamedArray[]): string {
    const arrays = arraysIn(file()).map(changed);
    writeFileSync(file('other.safetensors'), Buffer.concat(encodeSafetensors([...arrays, ...more])));
    return file('other.safetensors');
  }

  /** What an import is refused with; no run is left. */
  async function refused(path: string, ...args: string[]): Promise<UserError> {
    const before = readdirSync(join(runs(), 'diffuse'));
    const error = await rejection(importWeights(diffuse(...args), runs(), path));
    expect(error).to.be.instanceOf(UserError);
    expect(readdirSync(join(runs(), 'diffuse'))).to.deep.equal(before);
    return error as UserError;
  }

  it('are the moving average, which is used for sampling, or the weights themselves, of any checkpoint', async () => {
    const run = await trained('checkpoint.everySteps=1');
    const made = await exported(run, { out: file() });
    expect(made).to.include({ file: file(), step: 2, averaged: true, arrays: 70, parameters: 162_177 });
    expect(arraysIn(file())).to.deep.equal(saved(run, 2, 'ema'));
    await exported(run, { out: file('raw'), raw: true }, 1);
    expect(arraysIn(file('raw'))).to.deep.equal(saved(run, 1, 'model'));
    const length = Number(readFileSync(file('raw')).readBigUInt64LE());
    const header = JSON.parse(readFileSync(file('raw')).toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    expect(header['__metadata__']).to.deep.equal({
      format: 'pt',
      experiment: 'diffuse',
      run: run.id,
      step: '1',
      weights: 'raw',
    });
  });

  it('are those of the model if there is no moving average', async () => {
    const run = await trained('ema=0');
    expect(await exported(run, { out: file() })).to.include({ averaged: false });
    expect(arraysIn(file())).to.deep.equal(saved(run, 2, 'model'));
  });

  it('are not written over an existing file, nor from a checkpoint that does not exist', async () => {
    const run = await trained();
    writeFileSync(file(), '');
    for (const [out, step, message] of [
      [file(), undefined, /already exists/],
      [file('a'), 7, /There is no checkpoint of step 7/],
    ] as const) {
      const error = await rejection(exported(run, { out }, step));
      expect(error).to.be.instanceOf(UserError).with.property('message').that.matches(message);
    }
    expect(readdirSync(root())).to.have.members(['runs', 'model.safetensors']);
  });

  it('start a run that generates the same images', async () => {
    const original = await trained();
    await exported(original, { out: file() });
    const imported = await importWeights(diffuse(), runs(), file(), 'theirs');
    expect(imported.id).to.match(/-theirs$/);
    expect(readRecord(imported)).to.include({ status: 'interrupted', experiment: 'diffuse' });
    expect(readRecord(imported)).to.nested.include({ 'importedFrom.file': file() });
    expect(existsSync(imported.config)).to.equal(true);
    const drawn = await drawImages(diffuse(), imported, 2, 7);
    expect(drawn.pixels).to.deep.equal((await drawImages(diffuse(), original, 2, 7)).pixels);
    await exported(imported, { out: file('again') });
    expect(readFileSync(file('again')).subarray(-4 * 162_177)).to.deep.equal(
      readFileSync(file()).subarray(-4 * 162_177),
    );
  });

  it('are the initial weights of training', async () => {
    await exported(await trained(), { out: file() });
    const imported = await importWeights(diffuse('maxSteps=1', 'learningRate=0'), runs(), file());
    const { step } = await resumeRun(diffuse('maxSteps=1', 'learningRate=0'), imported);
    expect(step).to.equal(1);
    expect(metricsOf(imported)).to.have.length(1);
    // An update by nothing leaves what the file had.
    expect(saved(imported, 1, 'model')).to.deep.equal(arraysIn(file()));
    expect(saved(imported, 1, 'ema')).to.deep.equal(arraysIn(file()));
  });

  it('of a different model are refused with every difference', async () => {
    await exported(await trained(), { out: file() });
    const extra = { name: 'labels.weight', shape: [1], data: Float32Array.of(1) };
    const path = change((array) => {
      if (array.name === 'final.bias') return { ...array, name: 'final.offset' };
      return array.name === 'image_proj.weight' ? { ...array, shape: [32, 9, 1, 1] } : array;
    }, extra);
    const { message, hints } = await refused(path);
    expect(message).to.equal(`${path} does not match the model; nothing was loaded.`);
    expect(hints).to.deep.equal([
      'image_proj.weight: expected [32, 1, 3, 3], got [32, 9, 1, 1] in the file',
      'final.bias: missing in the file',
      'final.offset: only in the file',
      'labels.weight: only in the file',
    ]);
  });

  for (const prefix of ['module.', '_orig_mod.', 'module._orig_mod.']) {
    it(`of a model that PyTorch has wrapped are loaded without ${prefix}, which is reported`, async () => {
      await exported(await trained(), { out: file() });
      const path = change((array) => ({ ...array, name: prefix + array.name }));
      const lines: string[] = [];
      const imported = await importWeights(ingredientsOf('diffuse', WORDS, { output: lines }), runs(), path);
      expect(saved(imported, 0, 'model')).to.deep.equal(arraysIn(file()));
      expect(lines.join('')).to.contain(`Removed the prefix "${prefix}" of PyTorch's `);
    });
  }

  it('whose names all have a different prefix are refused with the prefix as the difference', async () => {
    await exported(await trained(), { out: file() });
    const path = change((array) => ({ ...array, name: `eps_model.${array.name}` }));
    const { message, hints } = await refused(path);
    expect(message).to.equal(`${path} does not match the model; nothing was loaded.`);
    expect(hints).to.deep.equal([
      'All names in the file start with "eps_model.", which the model\'s names lack.',
      'Rename them in Python before saving: {name.removeprefix("eps_model."): weight for name, weight in weights.items()}',
    ]);
    const wider = change((array) => ({
      ...array,
      name: `eps_model.${array.name}`,
      ...(array.name === 'image_proj.weight' && { shape: [32, 9, 1, 1] }),
    }));
    expect((await refused(wider)).hints.slice(2)).to.deep.equal([
      'image_proj.weight: expected [32, 1, 3, 3], got [32, 9, 1, 1] in the file',
    ]);
  });

  it('with NaN, or in an invalid or missing file, are refused by name', async () => {
    await exported(await trained(), { out: file() });
    const broken = change((array) => (array.name === 'final.bias' ? { ...array, data: Float32Array.of(NaN) } : array));
    expect(await refused(broken)).to.deep.include({ hints: ['final.bias'] });
    writeFileSync(file('model.pt'), 'PK\x03\x04 and more');
    expect((await refused(file('model.pt'))).message).to.match(/model\.pt was written by torch\.save/);
    writeFileSync(file('torn'), readFileSync(file()).subarray(0, -1));
    expect((await refused(file('torn'))).message).to.match(/torn is not a valid safetensors file: its arrays take/);
    expect((await refused(file('missing'))).message).to.match(/missing cannot be read/);
  });

  it('cannot be used by exp rerun, which would initialize new ones', async () => {
    await exported(await trained(), { out: file() });
    const imported = await importWeights(diffuse(), runs(), file());
    expect(await rejection(rerun(diffuse(), imported, runs())))
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.contains(`started from the weights of ${file()}`);
  });
});
