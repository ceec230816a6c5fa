import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import sharp from 'sharp';
import * as tf from '../../framework/tensorflow/tf';
import { toPixels } from '../../plugins/images/data/to-images';
import { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { Run } from '../../framework/experiment/run';
import { rewindMetrics } from '../../framework/run/metrics-file';
import { RunFolder } from '../../framework/run/run-folder';
import { readRecord } from '../../framework/run/run-record';
import { imageGrid } from '../../plugins/images/render/image-grid';
import { Tracking } from '../../framework/tracker/tracking';
import { JSONLTracker } from '../../plugins/trackers/jsonl';
import { TensorBoardTracker } from '../../plugins/trackers/tensorboard';
import { readAllEvents, readEvents, readRecords } from '../support/events';
import { QUICK } from '../support/exp';
import { askToStop, ingredientsOf, metricsOf } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorBoard } from '../support/tensorboard';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';
import { REGISTER } from '../support/typescript';

const CHILD = ['-r', REGISTER, join(__dirname, 'logging-child.ts')];

/** Logs in a process of its own that is killed some while after step `from`. @returns the last step that it flushed */
async function logUntilKilled(folder: RunFolder, from: number): Promise<number> {
  const child = spawn(process.execPath, [...CHILD, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let flushed = 0;
  for await (const line of createInterface(child.stdout)) {
    flushed = Number(line);
    // What is still in the pipe when it is killed is read to its end.
    if (flushed >= from) setTimeout(() => child.kill('SIGKILL'), 3);
  }
  return flushed;
}

const fileIn = (folder: RunFolder, index: number): string =>
  join(folder.tensorboard, readdirSync(folder.tensorboard).sort()[index] ?? '');

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('event files and metrics of a run that is killed while it logs', () => {
  withTensorFlow();
  const root = temporaryFolder();

  /** Goes on after a step, as `exp resume` does, for ten steps; their loss is the step's negative. */
  function resume(folder: RunFolder, after: number): void {
    rewindMetrics(folder.metrics, after);
    const tracking = new Tracking((text) => expect.fail(text));
    const trackers = [new JSONLTracker(folder), new TensorBoardTracker(folder)];
    tracking.use(trackers, after);
    for (let step = after + 1; step <= after + 10; step++) {
      tracking.add('loss', -step);
      tracking.save(step);
    }
    for (const tracker of trackers) tracker.close();
  }

  it('form one curve without gaps or repeated steps after it resumes, for both readers of TensorBoard', async function () {
    this.timeout(300_000);
    const folders = ['torn', 'early'].map((name) => new RunFolder(join(root(), name)));
    const expected: Record<string, [number, number][]> = {};
    for (const folder of folders) {
      const name = folder.id;
      mkdirSync(folder.path);
      const flushed = await logUntilKilled(folder, 50);
      // A record of which the machine wrote a part before it stopped, and a line of which it did.
      if (name === 'torn') {
        appendFileSync(fileIn(folder, 0), readFileSync(fileIn(folder, 0)).subarray(0, 20));
        appendFileSync(folder.metrics, '{"step":99999,"ti');
      }
      const after = name === 'early' ? flushed - 30 : flushed;
      // TensorBoard takes files in the order of the second in their names: a process that resumes takes longer to start.
      await wait(1000);
      resume(folder, after);
      expect(readdirSync(folder.tensorboard), 'a file for each process').to.have.length(2);
      expected[name] = upTo(after + 10).map((step) => [step, step > after ? -step : step]);
      expect(metricsOf(folder).map(({ step, loss }) => [step, loss])).to.deep.equal(expected[name]);
    }
    const read = readAllEvents(folders.map(({ tensorboard }) => tensorboard));
    expect(read.map(({ scalars }) => scalars['loss'])).to.deep.equal(Object.values(expected));
    await withTensorBoard(root(), async (ask) => {
      for (const [name, points] of Object.entries(expected)) {
        const path = `/data/plugin/scalars/scalars?tag=loss&run=${name}%2Ftensorboard`;
        const isThere = (answer: unknown) => Array.isArray(answer) && answer.length >= points.length;
        const answer = await ask<[number, number, number][]>(path, isThere);
        expect(answer.map(([, step, loss]) => [step, loss])).to.deep.equal(points);
      }
    });
  });
});

describe('what is logged', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const folder = (): RunFolder => new RunFolder(root());

  /** Logs by both trackers. */
  function log(points: readonly [step: number, name: string, value: number][]): void {
    const tracking = new Tracking((text) => expect.fail(text));
    const trackers = [new JSONLTracker(folder()), new TensorBoardTracker(folder())];
    tracking.use(trackers);
    for (const [step, name, value] of points) {
      tracking.add(name, value);
      tracking.save(step);
    }
    for (const tracker of trackers) tracker.close();
  }

  it('has the checksums that TensorBoard computes in each record', () => {
    log(upTo(20).map((step) => [step, 'x'.repeat(step), step]));
    const records = readRecords(fileIn(folder(), 0));
    expect(records).to.have.length(21);
    expect(records.flatMap(([, header, content]) => [header, content])).not.to.include(false);
  });

  it('may be any number at any step, and non-finite numbers are not lost', () => {
    const points: [number, number][] = [
      [0, 0.5],
      [1, NaN],
      [2, Infinity],
      [3, -Infinity],
      [4, 2 ** -149],
      [5, 1e308],
      [6, 5e-324],
      [2 ** 31, -0.25],
      [2 ** 53, 4],
    ];
    log(points.map(([step, value]) => [step, 'loss', value]));
    expect(metricsOf(folder()).map(({ step, loss }) => [step, loss])).to.deep.equal(
      points.map(([step, value]) => [step, Number.isFinite(value) ? value : String(value)]),
    );
    // Event files have float32: 10³⁰⁸ is beyond the greatest of them, and 5 · 10⁻³²⁴ nearest to 0.
    const inFloat32 = points.map(([step, value]) => [step, Math.fround(value)]);
    const read = readEvents(folder().tensorboard).scalars['loss']?.map(([step, value]) => [step, Number(value)]);
    expect(read).to.deep.equal(inFloat32);
  });

  const names = ['a/b/c', 'in two words', '🦉', 'x'.repeat(10_000), '__proto__', 'constructor', '"quoted"\n'];

  it('may have any name', () => {
    log(names.map((name, index) => [index + 1, name, index]));
    const found = metricsOf(folder()).map((line) => Object.keys(line).find((key) => !['step', 'time'].includes(key)));
    expect(found).to.deep.equal(names);
    const { scalars } = readEvents(folder().tensorboard);
    expect(Object.entries(scalars).sort(([, [a]], [, [b]]) => (a?.[0] ?? 0) - (b?.[0] ?? 0))).to.deep.equal(
      names.map((name, index) => [name, [[index + 1, index]]]),
    );
  });

  it('has neither an empty name nor that of a field of every metrics line', () => {
    const tracking = new Tracking((text) => expect.fail(text));
    for (const name of ['', 'step', 'time']) expect(() => tracking.add(name, 1), name).to.throw(UserError, 'A metric');
  });
});

describe('images that are logged', () => {
  withTensorFlow();
  const root = temporaryFolder();

  for (const [what, side, count] of [
    ['a single pixel', 1, 1],
    ['one of 4096 pixels a side', 4096, 1],
  ] as const) {
    it(`may be ${what}`, async () => {
      const {
        content: png,
        width,
        height,
      } = await imageGrid(new Uint8Array(count * side * side * 3).fill(7), [side, side, 3]);
      const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).to.deep.equal([width, height]);
      expect(data.every((level) => level === 7)).to.equal(true);
    });
  }

  it('need at least one image, and only complete ones', async () => {
    for (const pixels of [0, 5]) {
      const error = await rejection(imageGrid(new Uint8Array(pixels), [2, 2, 1]));
      expect((error as UserError).message).to.equal(`Cannot lay out ${pixels / 4} images of 2×2×1 in a grid.`);
    }
  });

  it('are clipped to their range', async () => {
    const images = tf.tensor4d([-9, -1, 1, 1e30, -Infinity, Infinity, 0, -0.5], [1, 2, 4, 1]);
    expect([...(await toPixels(images))]).to.deep.equal([0, 0, 255, 255, 0, 255, 128, 64]);
    images.dispose();
  });

  it('have valid file names, and are never saved outside their folder', async () => {
    const folder = new RunFolder(join(root(), 'a'));
    const tracking = new Tracking((text) => expect.fail(text));
    const run = Object.assign(Object.create(Run.prototype) as Run, { folder, tracking });
    const picture = await imageGrid(Uint8Array.of(1), [1, 1, 1]);
    for (const name of ['', '..', '../x', '/x', 'a//b', 'a/../../b', 'x'.repeat(300), 'a\0b', 'a\nb', '.hidden']) {
      expect(await rejection(run.artifact(1, name, picture)), name).to.be.instanceOf(UserError);
    }
    for (const name of ['samples', 'valid/worst 10', 'größte']) await run.artifact(1, name, picture);
    expect(readdirSync(folder.samples).sort()).to.deep.equal(['größte-1.png', 'samples-1.png', 'valid']);
  });
});

describe('a run whose metrics cannot be written', () => {
  withTensorFlow();
  const root = temporaryFolder();

  it('keeps logging without the trackers that fail, reports each once, and completes', async () => {
    const child = spawn('bash', ['-c', `ulimit -f 4; exec "$0" "$@"`, process.execPath, ...CHILD, root(), '300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) lines.push(line);
    const reported = lines.filter((line) => line.startsWith('told: '));
    expect(reported).to.have.length(2);
    expect(reported.join('\n'))
      .to.match(/JSONLTracker failed and is disabled for the rest of this process: .*EFBIG.* Training continues\./)
      .and.match(
        /TensorBoardTracker failed .*: the event file cannot be written: .*File too large\. Training continues\./,
      );
    expect(lines.slice(-2)).to.deep.equal(['300', 'end']);
  });

  it('completes on a full disk, though its metrics are lost', async () => {
    const printed: string[] = [];
    const args = [...QUICK, 'maxSteps=3', 'logEverySteps=1'];
    const { folder, status, exitCode } = await startRun(ingredientsOf('diffuse', args, { output: printed }), root(), {
      begin: (made) => symlinkSync('/dev/full', made.metrics),
    });
    expect([status, exitCode, readRecord(folder).status]).to.deep.equal(['completed', 0, 'completed']);
    expect(printed.filter((line) => line.includes('JSONLTracker failed'))).to.have.length(1);
    expect(printed.join('')).to.match(
      /JSONLTracker failed and is disabled for the rest of this process: ENOSPC: no space left on device/,
    );
  });
});

describe('event files of a run', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const WORDS = [...QUICK, 'trackers=[JSONL,TensorBoard]', 'logEverySteps=1'];

  it('have every point, whether it ends after three steps, by an error or by a signal', async () => {
    const { folder: ended } = await startRun(ingredientsOf('diffuse', [...WORDS, 'maxSteps=3']), root());
    const onUpdate = (done: number) => {
      if (done === 3) throw new Error('no luck today');
    };
    const ingredients = ingredientsOf('diffuse', WORDS, { onUpdate });
    let failed: RunFolder | undefined;
    expect(String(await rejection(startRun(ingredients, root(), { begin: (folder) => (failed = folder) })))).to.include(
      'luck',
    );
    const stop = (done: number) => done === 2 && askToStop();
    const { folder: stopped } = await startRun(ingredientsOf('diffuse', WORDS, { onUpdate: stop }), root());
    const folders = [ended, failed!, stopped];
    for (const { scalars } of readAllEvents(folders.map(({ tensorboard }) => tensorboard))) {
      expect(scalars['loss']?.map(([step]) => step)).to.deep.equal([1, 2, 3]);
    }
    for (const folder of folders) expect(metricsOf(folder).map(({ step }) => step)).to.deep.equal([1, 2, 3]);
  });
});
