import { execFileSync } from 'node:child_process';
import { cpSync, ftruncateSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { readWeights } from '../../framework/checkpoint/weights-file';
import { fileOverrides } from '../../framework/config/parse/config-file';
import { decodeImage, openImage } from '../../plugins/images/data/decode';
import { readIDX } from '../../plugins/images/data/idx';
import { UserError } from '../../framework/errors';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { readRecord } from '../../framework/run/run-record';
import { CelebA, CelebASettings } from '../../plugins/images/datasets/celeba';
import { MNIST, MNISTSettings } from '../../plugins/images/datasets/mnist';
import { QUICK } from '../support/exp';
import { hugePNG, swollenJPEG } from '../support/huge-images';
import { idx } from '../support/idx';
import { askToStop, ingredientsOf, metricsOf } from '../support/run-options';
import { quietly } from '../support/quietly';
import { rejection } from '../support/rejection';
import { settingsOf } from '../support/settings';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';
import { REGISTER } from '../support/typescript';

const FIXTURES = join(__dirname, '../fixtures/images');

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error = await rejection(work);
  expect(error).to.be.an.instanceOf(UserError);
  return error as UserError;
}

describe('invalid data files', () => {
  const folder = temporaryFolder();
  const put = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder(), name), bytes);
    return join(folder(), name);
  };
  const mnist = (settings: Partial<MNISTSettings> = {}) =>
    new MNIST(settingsOf(MNISTSettings, { root: folder(), mirrors: [], ...settings }));

  it('are refused if gzipped twice', async () => {
    const file = put('twice.gz', gzipSync(gzipSync(idx([1, 2, 2], [1, 2, 3, 4]))));
    expect((await refusal(readIDX(file, 3))).message).to.equal(
      `${file} is not an IDX file: it begins with 1f8b0800, not 00000803.`,
    );
  });

  it('are refused if they are folders', async () => {
    mkdirSync(join(folder(), 'train-images-idx3-ubyte'));
    put('train-labels-idx1-ubyte', idx([1], [1]));
    expect((await refusal(mnist().open())).message).to.match(
      /train-images-idx3-ubyte cannot be read: it is a folder\./,
    );
    const file = put('a.jpg', '');
    const dataset = new CelebA(settingsOf(CelebASettings, { root: file }));
    expect((await refusal(dataset.open())).message).to.match(/^The folder .*a\.jpg cannot be read: ENOTDIR/);
  });

  it('are refused if only half unpacked, with how to download them again', async () => {
    const whole = idx([5, 28, 28], new Uint8Array(5 * 28 * 28));
    put('train-images-idx3-ubyte', whole.subarray(0, 2000));
    put('train-images-idx3-ubyte.gz', gzipSync(whole));
    put('train-labels-idx1-ubyte', idx([5], [1, 2, 3, 4, 5]));
    const { message, hints } = await refusal(mnist().open());
    expect(message).to.equal(
      `${join(folder(), 'train-images-idx3-ubyte')}: expected 5 × 28 × 28 = 3,920 values from its header, got 1,984.`,
    );
    expect(hints).to.include('Delete or move the file to download it again.');
  });
});

describe('unusual images', () => {
  const folder = temporaryFolder();
  const decode = (file: string) => decodeImage(file, { size: 8, crop: false });

  it('are decoded by their content, whatever their name, down to a single pixel', async () => {
    const png = join(FIXTURES, 'good/deeper/e-transparent.png');
    cpSync(png, join(folder(), 'png.jpg'));
    expect(await decode(join(folder(), 'png.jpg'))).to.deep.equal(await decode(png));
    const pixel = await sharp(Buffer.of(10, 20, 30), { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(join(folder(), 'pixel.png'), pixel);
    expect([...(await decode(join(folder(), 'pixel.png'))).subarray(0, 3)]).to.deep.equal([10, 20, 30]);
  });

  it('of 30,000 × 30,000 pixels are refused by name, without allocating memory for them', () => {
    const [png, jpeg] = ['a.png', 'b.jpg'].map((name) => join(folder(), name)) as [string, string];
    writeFileSync(png, hugePNG(30_000));
    writeFileSync(jpeg, swollenJPEG(readFileSync(join(FIXTURES, 'good/a-portrait.jpg')), 30_000));
    const args = ['-r', REGISTER, join(__dirname, 'decode-child.ts'), png, jpeg];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const { output, grown } = JSON.parse(printed) as { output: string[]; grown: number };
    expect(output).to.deep.equal(
      [png, jpeg].map((file) => `${file} cannot be decoded: it has more than 67,108,864 pixels.`),
    );
    // Decoded they would have 2,575 MiB.
    expect(grown).to.be.below(100);
  });

  it('are decoded at the maximum size', async () => {
    writeFileSync(join(folder(), 'large.png'), hugePNG(8192));
    expect(new Set(await decode(join(folder(), 'large.png')))).to.deep.equal(new Set([0]));
  });

  it('are refused if the file is larger than any photograph', async () => {
    const file = openSync(join(folder(), 'a.jpg'), 'w');
    ftruncateSync(file, 2 ** 28 + 1);
    closeSync(file);
    expect((await refusal(decode(join(folder(), 'a.jpg')))).message).to.include(
      'has 268,435,457 bytes; at most 268,435,456 are allowed.',
    );
  });
});

describe('a run on images, one of them broken', () => {
  withTensorFlow();
  const root = temporaryFolder();
  quietly();

  it('skips it if configured to, and logs the number of skipped images', async () => {
    const photos = join(root(), 'photos');
    cpSync(join(FIXTURES, 'good'), photos, { recursive: true });
    cpSync(join(FIXTURES, 'broken/truncated.jpg'), join(photos, 'c-broken.jpg'));
    const args = [...QUICK, 'dataset=CelebA', `dataset.root=${photos}`, 'batchSize=7', 'maxSteps=2', 'logEverySteps=1'];
    const stopped = await refusal(startRun(ingredientsOf('diffuse', args), root()));
    expect(stopped.message).to.include(join(photos, 'c-broken.jpg'));
    const lines: string[] = [];
    const ingredients = ingredientsOf('diffuse', [...args, 'dataset.broken=skip', 'trackers=[Screen,JSONL]'], {
      output: lines,
    });
    const { folder } = await startRun(ingredients, root());
    expect(metricsOf(folder).map((line) => line['data/skipped'])).to.deep.equal([1, 1]);
    expect(lines.join('')).to.match(/epoch 1\/\d+ .*data\/skipped 1\.000/);
  });
});

describe('a run whose data have changed', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const images = (level: number) => idx([8, 28, 28], new Uint8Array(8 * 28 * 28).fill(level));

  it('is not resumed, and the changes are reported; with the old data it resumes', async () => {
    const file = join(root(), 'train-images-idx3-ubyte');
    writeFileSync(file, images(200));
    writeFileSync(join(root(), 'train-labels-idx1-ubyte'), idx([8], [0, 1, 2, 3, 4, 5, 6, 7]));
    const args = [
      ...['dataset=MNIST', `dataset.root=${root()}`, 'imageSize=8', 'batchSize=4', 'model.channels=[8]'],
      ...['model.blocks=1', 'compile=false', 'trackers=[JSONL]', 'logEverySteps=1', 'maxSteps=4'],
    ];
    const onUpdate = (done: number) => done === 1 && askToStop();
    const { folder } = await startRun(ingredientsOf('classify', args, { onUpdate }), join(root(), 'runs'));
    const before = [readRecord(folder), readFileSync(folder.metrics, 'utf8')];

    writeFileSync(file, images(201));
    const { message, hints } = await refusal(resumeRun(ingredientsOf('classify', args), folder));
    expect(message).to.equal(`The data have changed since ${folder.id} was started.`);
    expect(hints[0]).to.match(/^images: 8 of 28×28×1, SHA-256 (\w{64}) → 8 of 28×28×1, SHA-256 \w+$/);
    expect(hints[1]).to.include(`exp rerun ${folder.id}`);
    expect(hints).to.have.length(2);
    expect([readRecord(folder), readFileSync(folder.metrics, 'utf8')]).to.deep.equal(before);

    rmSync(file);
    writeFileSync(`${file}.gz`, gzipSync(images(200)));
    expect(await resumeRun(ingredientsOf('classify', args), folder)).to.include({ status: 'completed', step: 4 });
  });
});

describe('an endless input', () => {
  const folder = temporaryFolder();

  /** A pipe that nobody writes to: to open it waits for ever. */
  const pipe = (): string => {
    execFileSync('mkfifo', [join(folder(), 'pipe.png')]);
    return join(folder(), 'pipe.png');
  };

  it('is not read, as data, as an image, as weights or as a config', async () => {
    const file = pipe();
    for (const path of [file, '/dev/zero']) {
      const refused = /is a pipe or a device, not a file|not a regular file/;
      expect((await refusal(readIDX(path, 3))).message, path).to.match(refused);
      expect((await refusal(decodeImage(path, { size: 8, crop: false }))).message, path).to.match(refused);
      expect((await refusal(readWeights(path))).message, path).to.match(refused);
      expect((await refusal(openImage(path))).message, path).to.match(refused);
      expect(() => fileOverrides(path)).to.throw(UserError, refused);
    }
  });

  it('is not decoded, such as an SVG or a GIF without an image, whatever its name', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="9" height="9"/></svg>';
    writeFileSync(join(folder(), 'a.png'), svg);
    writeFileSync(join(folder(), 'b.png'), Buffer.from('47494638396108000800800000ffffff0000003b', 'hex'));
    for (const name of ['a.png', 'b.png'])
      expect((await refusal(decodeImage(join(folder(), name), { size: 8, crop: false }))).message).to.match(
        /cannot be decoded: Input file contains unsupported image format/,
      );
  });
});
