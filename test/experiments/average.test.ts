import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseOverrides } from '../../framework/config/parse/override';
import { type Manifest, signed } from '../../framework/checkpoint/manifest';
import { drawImages } from '../support/draw-images';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import type { RunFolder } from '../../framework/run/run-folder';
import { SMALL_CLASSIFIER } from '../support/exp';
import { askToStop, ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';
import { trainedOnce } from '../support/trained-once';

const SETTINGS = [...TINY, 'learningRate=1e-2', 'maxSteps=6', 'trackers=[JSONL]'];

describe("the moving average of a run's weights", () => {
  withTensorFlow();
  const runs = temporaryFolder();

  async function train(...more: string[]): Promise<RunFolder> {
    const settings = [...SETTINGS, ...more];
    const { folder } = await trainedOnce(runs(), ['diffuse', ...settings], (root) =>
      startRun(ingredientsOf('diffuse', settings), root),
    );
    return folder;
  }

  const file = (folder: RunFolder, part: string): string => join(folder.checkpoints, `6/${part}.safetensors`);
  const draw = async (folder: RunFolder, lines: string[], ...settings: string[]): Promise<number[]> => {
    const ingredients = ingredientsOf('diffuse', [...SETTINGS, ...settings], { output: lines });
    return [...(await drawImages(ingredients, folder, 2, 7)).pixels];
  };

  /** Makes a checkpoint one of a run that had no averages. */
  function forget(folder: RunFolder): void {
    const manifest = join(folder.checkpoints, '6/manifest.json');
    const { checksum: _, ...text } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest & { checksum: number };
    const files = Object.fromEntries(Object.entries(text.files).filter(([name]) => name !== 'ema.safetensors'));
    writeFileSync(manifest, signed({ ...text, files }));
    rmSync(file(folder, 'ema'));
  }

  it('is used for sampling, unless the weights themselves are requested', async () => {
    const folder = await train();
    const [average, raw] = [await draw(folder, []), await draw(folder, [], 'ema=0')];
    expect(average).not.to.deep.equal(raw);
    expect(await draw(folder, [])).to.deep.equal(average);
    // It is saved as a model is: in its place, it draws the same.
    const [model, ema] = ['model', 'ema'].map((part) => readFileSync(file(folder, part)));
    expect(ema!.length).to.equal(model!.length);
    const header = 8 + Number(model!.readBigUInt64LE());
    expect(ema!.subarray(0, header)).to.deep.equal(model!.subarray(0, header));
    expect(ema!.equals(model!)).to.equal(false);
  });

  it('continues bit-exactly if the run is stopped and resumed', async () => {
    const straight = await train('ema=0.5');
    const stopping = { onUpdate: (done: number) => done === 3 && askToStop() };
    const settings = [...SETTINGS, 'ema=0.5'];
    const { folder, step } = await startRun(ingredientsOf('diffuse', settings, stopping), runs());
    expect(step).to.be.lessThan(6);
    await resumeRun(ingredientsOf('diffuse', settings), folder);
    expect(readFileSync(file(folder, 'ema')).equals(readFileSync(file(straight, 'ema')))).to.equal(true);
  });

  it('is disabled if its decay is 0, and changes no weight', async () => {
    const [without, having] = [await train('ema=0'), await train()];
    expect(existsSync(file(without, 'ema'))).to.equal(false);
    expect(readFileSync(file(without, 'model')).equals(readFileSync(file(having, 'model')))).to.equal(true);
  });

  it('restarts if a checkpoint has none, which is reported', async () => {
    const folder = await train();
    const raw = await draw(folder, [], 'ema=0');
    forget(folder);
    const lines: string[] = [];
    expect(await draw(folder, lines)).to.deep.equal(raw);
    expect(lines.join('')).to.contain('no average of the weights: the average restarts');
    const { step } = await resumeRun(ingredientsOf('diffuse', [...SETTINGS, 'maxSteps=7']), folder, {
      changes: parseOverrides(['maxSteps=7']),
    });
    expect([step, existsSync(join(folder.checkpoints, '7/ema.safetensors'))]).to.deep.equal([7, true]);
  });

  it('is used to evaluate a classifier, if it is enabled', async () => {
    const settings = [...SMALL_CLASSIFIER, 'maxSteps=20', 'trackers=[JSONL]', 'learningRate=1e-2'];
    const losses: number[] = [];
    for (const ema of [0, 0.9]) {
      const { folder } = await startRun(ingredientsOf('classify', [...settings, `ema=${ema}`]), runs());
      losses.push(metricsOf(folder).at(-1)!['valid/loss']!);
    }
    expect(losses[0]).not.to.equal(losses[1]);
    for (const loss of losses) expect(loss).to.be.within(0, 5);
  });
});
