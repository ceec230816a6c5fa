import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { type Manifest, signed } from '../../framework/checkpoint/manifest';
import { decodeHeader } from '../../framework/checkpoint/safetensors';
import { parseOverrides } from '../../framework/config/parse/override';
import type { UserError } from '../../framework/errors';
import type { Outcome } from '../../framework/experiment/lifecycle/outcome';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { rerun } from '../../framework/experiment/lifecycle/rerun';
import type { RunFolder } from '../../framework/run/run-folder';
import { readRecord } from '../../framework/run/run-record';
import { SMALL_CLASSIFIER } from '../support/exp';
import { askToStop, ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';
import { trainedOnce } from '../support/trained-once';

/** Six images make 3 batches an epoch: 10 steps are three epochs and a part of one. Dropout, noise, shuffling and augmentations are on. */
const SETTINGS = [
  ...TINY,
  'dataset=CelebA',
  `dataset.root=${join(__dirname, '../fixtures/images/good')}`,
  'batchSize=2',
  'augmentations=[Flip, RandomCrop]',
  'augmentations.RandomCrop.padding=1',
  'model.channels=32',
  'model.dropout=0.3',
  'learningRate=1e-2',
  'ema=0.9',
  'logEverySteps=1',
  'checkpoint.keep=20',
  'sampleEvery=100',
  'trackers=[JSONL]',
  'maxSteps=10',
];
const LAST = 10;

/** Every file of weights that a checkpoint has, and where it stands. */
function contentOf({ checkpoints }: RunFolder, step: number): Record<string, string> {
  const folder = join(checkpoints, String(step));
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}

/** A manifest that takes other numbers of the optimizer's slots for what was saved. */
function withSumsOf({ checksum: _, ...manifest }: Manifest & { checksum?: number }, file: Buffer): Manifest {
  const { 'optimizer.safetensors': sums } = manifest.files;
  const start = 8 + Number(file.readBigUInt64LE());
  const entries = decodeHeader(file.subarray(8, start), file.length, '');
  const arrays = entries.map(({ name, from, to }) => [name, crc32(file.subarray(start + from, start + to))]);
  const changed = { ...sums!, arrays: Object.fromEntries(arrays) as Record<string, number> };
  return { ...manifest, files: { ...manifest.files, 'optimizer.safetensors': changed } };
}

/** Takes what a terminal would show, and asks the run to stop where it first shows a text. */
function stoppingAt(text: string): string[] {
  let hasAsked = false;
  const push = (shown: string): void => {
    if (!hasAsked && shown.includes(text)) askToStop();
    hasAsked ||= shown.includes(text);
  };
  return Object.assign([], { push });
}

const lossesOf = (folder: RunFolder) => metricsOf(folder).map(({ step, loss }) => [step, loss]);

for (const compile of ['graph', 'false']) {
  describe(`a resumed run (compile=${compile})`, () => {
    withTensorFlow();
    const runs = temporaryFolder();
    const settings = [...SETTINGS, `compile=${compile}`];
    let straight: RunFolder;
    let root: string;

    before(async () => {
      root = mkdtempSync(join(tmpdir(), '.explab-'));
      ({ folder: straight } = await startRun(ingredientsOf('diffuse', settings), root));
    });
    after(() => rmSync(root, { recursive: true }));

    /** Trains until a step is done, and is then asked to stop. */
    function stoppedAfter(step: number, ...more: string[]): Promise<Outcome> {
      const all = [...settings, ...more];
      return trainedOnce(runs(), [`diffuse, stopped after ${step}`, ...all], (folder) =>
        startRun(ingredientsOf('diffuse', all, stoppingAfter(step)), folder),
      );
    }

    function stoppingAfter(step: number) {
      let done = 1;
      // Told after an update is an end after the next one.
      const onUpdate = () => ++done === step && askToStop();
      const printed = step === 0 ? stoppingAt('Prepare model') : [];
      return { output: printed, onUpdate };
    }

    const resume = (folder: RunFolder, ...changes: string[]): Promise<Outcome> =>
      resumeRun(ingredientsOf('diffuse', [...settings, ...changes]), folder, { changes: parseOverrides(changes) });

    const expectEqual = (folder: RunFolder): void => {
      expect(contentOf(folder, LAST)).to.deep.equal(contentOf(straight, LAST));
      expect(lossesOf(folder)).to.deep.equal(lossesOf(straight));
    };

    // Before the first step, at the last batch of an epoch, at its end, at the beginning of the next, before the last step.
    for (const step of compile === 'graph' ? [0, 2, 6] : [3, 5]) {
      it(`after step ${step} has the weights, slots, averages and losses of an uninterrupted one`, async () => {
        const { folder, status } = await stoppedAfter(step);
        expect([status, savedSteps(folder.checkpoints).at(-1)]).to.deep.equal(['interrupted', Math.max(step, 0)]);
        const { status: end } = await resume(folder);
        expect(end).to.equal('completed');
        expectEqual(folder);
      });
    }

    if (compile === 'graph') return;

    it('differs from one that continues with its weights alone, and empty slots', async () => {
      const { folder } = await stoppedAfter(5);
      const [file, manifest] = ['optimizer.safetensors', 'manifest.json'].map((name) =>
        join(folder.checkpoints, '5', name),
      );
      const saved = readFileSync(file!);
      const zeros = saved.fill(0, 8 + Number(saved.readBigUInt64LE()));
      writeFileSync(file!, zeros);
      writeFileSync(manifest!, signed(withSumsOf(JSON.parse(readFileSync(manifest!, 'utf8')) as Manifest, zeros)));
      await resume(folder);
      expect(contentOf(folder, LAST)).not.to.deep.equal(contentOf(straight, LAST));
    });

    it('gives the same result when it is resumed three times', async () => {
      const { folder } = await stoppedAfter(3);
      for (let time = 0; time < 2; time++) {
        let done = 0;
        const onUpdate = () => ++done === 1 && askToStop();
        await resumeRun(ingredientsOf('diffuse', settings, { onUpdate }), folder);
      }
      await resume(folder);
      expect(readRecord(folder).resumedAt).to.have.length(3);
      expectEqual(folder);
    });

    for (const optimizer of ['AdamW', 'SGD']) {
      it(`continues the slots of ${optimizer}`, async () => {
        const more = [`optimizer=${optimizer}`, ...(optimizer === 'SGD' ? ['optimizer.momentum=0.9'] : [])];
        const { folder: whole } = await startRun(ingredientsOf('diffuse', [...settings, ...more]), runs());
        const { folder } = await stoppedAfter(5, ...more);
        await resumeRun(ingredientsOf('diffuse', [...settings, ...more]), folder);
        expect(contentOf(folder, LAST)).to.deep.equal(contentOf(whole, LAST));
      });
    }

    it('from an earlier checkpoint, because the newer ones are damaged, reports it and gives the same result', async () => {
      const { folder } = await stoppedAfter(8, 'checkpoint.everySteps=3');
      truncateSync(join(folder.checkpoints, '8/optimizer.safetensors'), 100);
      rmSync(join(folder.checkpoints, '6/manifest.json'));
      const printed: string[] = [];
      const args = [...settings, 'checkpoint.everySteps=3'];
      await resumeRun(ingredientsOf('diffuse', args, { output: printed }), folder);
      expect(printed.join('')).to.match(/Skipping the checkpoint of step 8: .*optimizer\.safetensors is damaged/);
      expect(printed.join('')).to.contain('Using the checkpoint of step 3.').and.contain('Resumed after step 3.');
      expectEqual(folder);
      expect(existsSync(join(folder.checkpoints, '8.damaged/optimizer.safetensors'))).to.equal(true);
    });

    it('restarts from step 0 if it has no checkpoint yet', async () => {
      const { folder } = await stoppedAfter(2);
      rmSync(folder.checkpoints, { recursive: true });
      await resume(folder);
      expectEqual(folder);
    });

    it('is left unchanged if it is complete, and the limit that ended it is reported', async () => {
      const { folder } = await startRun(ingredientsOf('diffuse', settings), runs());
      const before = [readFileSync(folder.record, 'utf8'), readdirSync(folder.attempts)];
      const printed: string[] = [];
      const { status, exitCode, step } = await resumeRun(
        ingredientsOf('diffuse', settings, { output: printed }),
        folder,
      );
      expect([status, exitCode, step, printed.join('')]).to.deep.equal([
        'completed',
        0,
        LAST,
        `${folder.id} is already completed. To train it for longer: exp resume ${folder.id} maxSteps=...\n`,
      ]);
      expect([readFileSync(folder.record, 'utf8'), readdirSync(folder.attempts)]).to.deep.equal(before);
    });

    it('uses the settings that are given from then on, and records them', async () => {
      const { folder } = await stoppedAfter(5);
      await resume(folder, 'maxSteps=12', 'learningRate=1e-3');
      expect(metricsOf(folder).map(({ learningRate }) => learningRate)).to.deep.equal([
        ...Array<number>(5).fill(1e-2),
        ...Array<number>(7).fill(1e-3),
      ]);
      const { changes, overrides } = readRecord(folder);
      expect(changes).to.have.length(1);
      expect(changes?.[0]).to.deep.include({
        step: 5,
        settings: { maxSteps: { from: 10, to: 12 }, learningRate: { from: 0.01, to: 0.001 } },
      });
      expect(overrides).to.include.members(['maxSteps=12', 'learningRate=1e-3']);
    });

    for (const [key, change] of [
      ['seed', 'seed=2'],
      ['model.dropout', 'model.dropout=0.5'],
    ] as const) {
      it(`with a different ${key} that was not given is refused, and stays unchanged`, async () => {
        const { folder } = await stoppedAfter(2);
        const before = readFileSync(folder.record, 'utf8');
        const error = (await rejection(
          resumeRun(ingredientsOf('diffuse', [...settings, change]), folder),
        )) as UserError;
        expect(error.text).to.contain(`${key}: `).and.contain(`exp resume RUN ${change}`);
        expect(readFileSync(folder.record, 'utf8')).to.equal(before);
      });
    }

    it('within an epoch with a different batch size is refused', async () => {
      const { folder } = await stoppedAfter(2);
      const error = (await rejection(resume(folder, 'batchSize=3'))) as UserError;
      expect(error.text).to.match(/in the middle of an epoch of 3 batches, but an epoch now has 2/);
    });

    it('with a different model is refused with every difference', async () => {
      const { folder } = await stoppedAfter(2);
      const error = (await rejection(resume(folder, 'model.channels=64'))) as UserError;
      expect(error.text).to.match(
        /does not match the model; nothing was loaded\.\n.*image_proj\.weight: expected .*, got \[32, 3, 3, 3\] in the file/,
      );
    });

    it('from a checkpoint of another run is refused', async () => {
      const { folder: other } = await startRun(ingredientsOf('diffuse', [...settings, 'seed=9', 'maxSteps=4']), runs());
      const { folder } = await stoppedAfter(2);
      cpSync(join(other.checkpoints, '4'), join(folder.checkpoints, '4'), { recursive: true });
      expect(await rejection(resume(folder)))
        .to.have.property('message')
        .that.matches(/step 4 .* was saved with settings that this run never had/);
    });

    it('without a config record writes it again', async () => {
      const { folder } = await stoppedAfter(2);
      rmSync(folder.config);
      await resume(folder);
      expectEqual(folder);
      expect(existsSync(folder.config)).to.equal(true);
    });

    it('has one metrics line for each step, also after a torn line', async () => {
      const { folder } = await stoppedAfter(3);
      const lines = readFileSync(folder.metrics, 'utf8');
      writeFileSync(folder.metrics, `${lines}{"step":4,"lo`);
      await resume(folder);
      expectEqual(folder);
    });
  });
}

/** The points of a run's curves, without the time of each. */
const pointsOf = (folder: RunFolder) => metricsOf(folder).map(({ time: _, ...point }) => point);

describe('what a resumed run logs', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  // 5 epochs of 3 batches; a mean of 4 steps reaches into the next epoch.
  const settings = [
    ...SETTINGS,
    'compile=false',
    'maxSteps=14',
    'logEverySteps=4',
    'sampleEvery=2',
    'hardwareEverySeconds=0',
  ];
  let straight: RunFolder;

  before(async () => {
    const root = mkdtempSync(join(tmpdir(), '.explab-'));
    ({ folder: straight } = await startRun(ingredientsOf('diffuse', settings), root));
  });
  after(() => rmSync(dirname(dirname(straight.path)), { recursive: true }));

  const expectEqual = (folder: RunFolder): void => {
    expect(pointsOf(folder)).to.deep.equal(pointsOf(straight));
    expect(readdirSync(folder.samples)).to.deep.equal(readdirSync(straight.samples));
    for (const name of readdirSync(straight.samples)) {
      const [one, other] = [folder, straight].map(({ samples }) =>
        readFileSync(join(samples, name)).toString('base64'),
      );
      expect(one, name).to.equal(other);
    }
  };

  // Within a mean and an epoch, at the end of a mean, at the last step of an epoch, at both.
  for (const step of [2, 8, 3, 12]) {
    it(`is what an uninterrupted one logs, if it was stopped after step ${step}`, async () => {
      let done = 1;
      const onUpdate = () => ++done === step && askToStop();
      const { folder } = await startRun(ingredientsOf('diffuse', settings, { onUpdate }), runs());
      expect(pointsOf(folder).at(-1)?.step ?? 0).to.be.at.most(step);
      await resumeRun(ingredientsOf('diffuse', settings), folder);
      expectEqual(folder);
    });
  }

  it('is what an uninterrupted one logs, if it was stopped while sampling after the checkpoint, and the samples are saved', async () => {
    let drawn = 0;
    const onProgress = (name: string) => name === 'Sample' && ++drawn === 2 && askToStop();
    const { folder, status } = await startRun(ingredientsOf('diffuse', settings, { onProgress }), runs());
    expect([status, drawn, savedSteps(folder.checkpoints).at(-1)]).to.deep.equal(['interrupted', 2, 6]);
    expect(existsSync(join(folder.samples, 'samples-6.png'))).to.equal(false);
    await resumeRun(ingredientsOf('diffuse', settings), folder);
    expectEqual(folder);
  });

  it('includes the evaluation during which it was stopped', async () => {
    const args = [...SMALL_CLASSIFIER, 'batchSize=256', 'epochs=2', 'trackers=[JSONL]', 'hardwareEverySeconds=0'];
    const { folder: whole } = await startRun(ingredientsOf('classify', args), runs());
    const onProgress = (name: string, done: number) => name === 'Evaluate' && done === 1 && askToStop();
    const { folder } = await startRun(ingredientsOf('classify', args, { onProgress }), runs());
    expect([savedSteps(folder.checkpoints), pointsOf(folder)]).to.deep.equal([[5], []]);
    await resumeRun(ingredientsOf('classify', args), folder);
    expect(pointsOf(folder)).to.deep.equal(pointsOf(whole));
  });
});

describe("a run forked from another one's checkpoint", () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const settings = [...SETTINGS, 'checkpoint.everySteps=3', 'compile=false'];

  it('gives the same result as the other if no setting changes, and leaves the other unchanged', async () => {
    const { folder: original } = await startRun(ingredientsOf('diffuse', settings), runs());
    const before = readFileSync(original.record, 'utf8');
    const source = { run: original, step: 3 };
    const { folder } = await startRun(ingredientsOf('diffuse', settings), runs(), { from: source });
    expect(contentOf(folder, LAST)).to.deep.equal(contentOf(original, LAST));
    expect(metricsOf(folder).map(({ step }) => step)).to.deep.equal([4, 5, 6, 7, 8, 9, 10]);
    expect(readRecord(folder).from).to.deep.include({ run: original.id, step: 3 });
    expect(readFileSync(original.record, 'utf8')).to.equal(before);
  });

  it('is rerun from the same checkpoint with the same result; if that is gone or differs, the rerun is refused', async () => {
    const args = [...settings, 'maxSteps=6'];
    const { folder: original } = await startRun(ingredientsOf('diffuse', args), runs());
    const source = { run: original, step: 3 };
    const { folder: fork } = await startRun(ingredientsOf('diffuse', [...args, 'learningRate=1e-3']), runs(), {
      from: source,
    });
    const again = () => rerun(ingredientsOf('diffuse', [...args, 'learningRate=1e-3']), fork, runs());
    const { folder } = await again();
    expect(contentOf(folder, 6)).to.deep.equal(contentOf(fork, 6));
    expect([lossesOf(folder), readRecord(folder).from]).to.deep.equal([lossesOf(fork), readRecord(fork).from]);

    cpSync(join(fork.checkpoints, '6'), join(original.checkpoints, '3'), { recursive: true, force: true });
    const manifest = join(original.checkpoints, '3/manifest.json');
    const { checksum: _, ...saved } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest & { checksum: number };
    writeFileSync(manifest, signed({ ...saved, position: { ...saved.position, step: 3 } }));
    expect(((await rejection(again())) as UserError).message).to.match(/step 3 .* has been overwritten since/);
    rmSync(join(original.checkpoints, '3'), { recursive: true });
    const gone = (await rejection(again())) as UserError;
    expect(gone.text).to.match(
      /started from the checkpoint of step 3 of .*, which no longer exists\.\n.*exp run --from/,
    );
    rmSync(original.path, { recursive: true });
    expect(((await rejection(again())) as UserError).text).to.match(/which no longer exists\.\n.*exp runs restore/);
  });

  it('lists at a rerun the settings that were changed at a resume', async () => {
    const { folder } = await startRun(ingredientsOf('diffuse', [...settings, 'maxSteps=2']), runs());
    const changes = parseOverrides(['maxSteps=3', 'learningRate=1e-3']);
    const args = [...settings, 'maxSteps=3', 'learningRate=1e-3'];
    await resumeRun(ingredientsOf('diffuse', args), folder, { changes });
    const printed: string[] = [];
    await rerun(ingredientsOf('diffuse', args, { output: printed }), folder, runs());
    expect(printed.join('')).to.contain(
      'learningRate: 0.01 → 0.001 after step 2 in that run; the rerun has the new value',
    );
  });

  it('is refused before anything is created if the checkpoint is missing or of another experiment', async () => {
    const { folder: original } = await startRun(ingredientsOf('diffuse', [...settings, 'maxSteps=1']), runs());
    const root = join(runs(), 'others');
    const classify = startRun(ingredientsOf('classify', []), root, { from: { run: original } });
    expect(((await rejection(classify)) as UserError).message).to.match(/is a run of diffuse/);
    const missing = startRun(ingredientsOf('diffuse', settings), root, { from: { run: original, step: 7 } });
    expect(((await rejection(missing)) as UserError).text).to.match(
      /no checkpoint of step 7 .*\n.*Available steps: 1\./,
    );
    expect(existsSync(root)).to.equal(false);
  });
});
