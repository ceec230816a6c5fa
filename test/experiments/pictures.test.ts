import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { interpolateToFile, trajectoryToFile } from '../../plugins/images/sampling/render-trajectory';
import { sampleToFile } from '../../framework/experiment/sampling/sample-to-file';
import { SMALL_CLASSIFIER } from '../support/exp';
import { ingredientsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

/** 64 pixels of a cell and 2 between two. */
const CELL = 66;

describe('images that a run generates', () => {
  withTensorFlow();
  const folder = temporaryFolder();
  const at = (name: string) => join(folder(), name);

  // One run for all: nothing that is drawn changes it.
  let runs = '';
  before(async () => {
    runs = mkdtempSync(join(tmpdir(), '.explab-'));
    await startRun(ingredientsOf('diffuse', [...TINY, 'maxSteps=1', 'trackers=[]', 'samples=1']), runs);
  });
  after(() => rmSync(runs, { recursive: true, force: true }));

  const request = (out: string) => {
    const { registry, monitor } = ingredientsOf('diffuse', []);
    return { registry, monitor, runs, run: 'latest', seed: 7, out: at(out) };
  };

  const drawn = (name: string) => readdirSync(at(name)).map((file) => [file, readFileSync(join(at(name), file))]);

  /** The grey levels of a picture's cells, a cell of 8×8 pixels each, taken from the middle of the enlarged ones. */
  async function cellsOf(file: string, page = 0): Promise<number[][]> {
    const { data, info } = await sharp(file, { page }).raw().toBuffer({ resolveWithObject: true });
    const [columns, rows] = [(info.width + 2) / CELL, (info.height + 2) / CELL];
    const level = (x: number, y: number) => data[(y * info.width + x) * info.channels]!;
    return Array.from({ length: columns * rows }, (_, cell) =>
      Array.from({ length: 64 }, (_, pixel) =>
        level(
          (cell % columns) * CELL + (pixel % 8) * 8 + 4,
          Math.floor(cell / columns) * CELL + Math.floor(pixel / 8) * 8 + 4,
        ),
      ),
    );
  }

  it('depend only on the seed and their number, whatever the batch', async () => {
    await sampleToFile({ ...request('all/'), count: 7 });
    await sampleToFile({ ...request('few/'), count: 2 });
    await sampleToFile({ ...request('parts/'), count: 7, batch: 3 });
    await sampleToFile({ ...request('chosen/'), indices: '6,1-2' });
    const all = drawn('all');
    expect(all.map(([name]) => name)).to.deep.equal([0, 1, 2, 3, 4, 5, 6].map((number) => `00000${number}.png`));
    expect(new Set(all.map(([, png]) => String(png))).size).to.equal(7);
    expect(drawn('few')).to.deep.equal(all.slice(0, 2));
    expect(drawn('parts')).to.deep.equal(all);
    expect(drawn('chosen')).to.deep.equal([all[1], all[2], all[6]]);
    const { width, height, channels } = await sharp(join(at('all'), '000000.png')).metadata();
    expect([width, height, channels]).to.deep.equal([8, 8, 1]);
  });

  it('show the trajectory up to the samples', async () => {
    await sampleToFile({ ...request('grid.png'), count: 4 });
    const grid = await cellsOf(at('grid.png'));
    // Four steps, and the images at their end.
    expect((await trajectoryToFile({ ...request('strip.png'), count: 4 })).frames).to.equal(5);
    const strip = await cellsOf(at('strip.png'));
    expect(strip).to.have.length(20);
    expect([4, 9, 14, 19].map((cell) => strip[cell])).to.deep.equal(grid);
    // x_T is the same for each way to look at it, and is not what the network makes out in it.
    await trajectoryToFile({ ...request('x0.png'), count: 4, of: 'x0', frames: 2, batch: 3 });
    const x0 = await cellsOf(at('x0.png'));
    expect([1, 3, 5, 7].map((cell) => x0[cell])).to.deep.equal(grid);
    expect(x0[0]).not.to.deep.equal(strip[0]);
  });

  it('may be an animation with a given number of frames', async () => {
    const { path, frames } = await trajectoryToFile({ ...request('sampling.webp'), count: 4, frames: 3 });
    const { pages, pageHeight, width, delay, loop, format } = await sharp(path, { animated: true }).metadata();
    expect({ frames, pages, pageHeight, width, delay, loop, format }).to.deep.equal({
      frames: 3,
      pages: 3,
      pageHeight: 2 * CELL - 2,
      width: 2 * CELL - 2,
      delay: [1000, 50, 1000],
      loop: 0,
      format: 'webp',
    });
  });

  it('interpolate between two images of the dataset', async () => {
    const between = ['3', '8', '10', '11'];
    const how = { between, noise: 'own', frames: 3, t: 0 } as const;
    expect((await interpolateToFile({ ...request('way.png'), ...how })).frames).to.equal(5);
    const [first, zero, half, one, second, ...other] = await cellsOf(at('way.png'));
    expect(other).to.have.length(5);
    // At t = 0 noise of a deviation of √(1e-4), 1.3 levels, has been added; the network may be wrong by as much.
    const distance = (one: number[], two: (pixel: number) => number) =>
      Math.max(...one.map((level, pixel) => Math.abs(level - two(pixel))));
    expect(distance(zero!, (pixel) => first![pixel]!)).to.be.below(16);
    expect(distance(one!, (pixel) => second![pixel]!)).to.be.below(16);
    expect(distance(half!, (pixel) => (first![pixel]! + second![pixel]!) / 2)).to.be.below(16);
    expect(distance(first!, (pixel) => second![pixel]!)).to.be.above(100);
  });

  it('interpolate between two files, with any sampler, from a given step', async () => {
    await sampleToFile({ ...request('ends/'), count: 2 });
    const between = [join(at('ends'), '000000.png'), join(at('ends'), '000001.png')];
    for (const sampler of ['ddpm', 'ddim', 'dpmsolver', 'euler', 'heun']) {
      const settings = [`sampler=${sampler}`];
      await interpolateToFile({
        ...request('way.png'),
        force: true,
        between,
        noise: 'shared',
        frames: 2,
        t: 2,
        settings,
      });
      const cells = await cellsOf(at('way.png'));
      await sampleToFile({ ...request('ends.png'), force: true, count: 2 });
      expect([cells[0], cells[3]], sampler).to.deep.equal(await cellsOf(at('ends.png')));
    }
  });

  it('are refused before sampling if the request is invalid', async () => {
    mkdirSync(at('folder'));
    writeFileSync(at('page.png'), '<html>');
    await sharp({ create: { width: 9, height: 8, channels: 3, background: 'red' } }).toFile(at('wide.png'));
    const { seed, ...rest } = request('a.png');
    const sample = (more: object) => sampleToFile({ seed, ...rest, ...more });
    const watch = (more: object) => trajectoryToFile({ seed, ...rest, count: 1, ...more });
    const way = (more: object) => interpolateToFile({ seed, ...rest, between: ['1', '2'], noise: 'own', ...more });
    const refusals: [() => Promise<unknown>, RegExp][] = [
      [() => sample({ count: 0 }), /^-n 0: expected an integer from 1 to 1,000,000/],
      [() => sample({ batch: 0 }), /--batch 0: expected an integer of at least 1/],
      [() => sample({ count: 2, indices: '1' }), /-n and --indices are mutually exclusive/],
      [() => sample({ indices: '3,x' }), /--indices 3,x: expected an index or a range of indices, got "x"/],
      [() => sample({ indices: '5-2' }), /got "5-2"/],
      [() => sample({ indices: '0-99999999' }), /got "0-99999999"/],
      [() => sample({ out: at('a.gif') }), /\.gif is not supported\.\n.*\.png for a grid, \/ for a folder/],
      [() => sample({ out: at('nowhere/a.png') }), /no such folder: .*nowhere/],
      [() => sample({ out: at('page.png/') }), /it is a file, expected a folder/],
      [() => watch({ out: at('a') }), /it has no file extension\.\n.*\.webp for an animation, \.png for a film strip/],
      [() => watch({ out: at('folder') }), /it is a folder/],
      [() => watch({ of: 'y' }), /--of y: not one of: x, x0/],
      [() => watch({ frames: 1 }), /--frames 1: expected an integer from 2 to 10,000/],
      [() => watch({ settings: ['sampler.steps=5'] }), /sampler.steps=5: expected at most 4/],
      [() => watch({ settings: ['sampler=DDIM', 'sampler.eta=-1'] }), /-1 is less than 0/],
      [() => way({ t: 4 }), /--t 4: expected a diffusion step from 0 to 3/],
      [() => way({ t: -1 }), /--t -1/],
      [() => way({ t: 0.5 }), /--t 0\.5/],
      [
        () => way({ t: 1, settings: ['sampler.steps=4'] }),
        /sampler.steps=4: expected at most 2, the number of diffusion steps from t = 1/,
      ],
      [() => way({ between: ['1', '1797'] }), /Image index 1797 is out of range\.\n.*0 to 1796/],
      [() => way({ between: ['-1', '2'] }), /Image index -1 is out of range/],
      [
        () => way({ between: ['1', at('wide.png')] }),
        /wide\.png has 9×8 pixels; expected 8×8, the size of the model's images/,
      ],
      [() => way({ between: ['1', at('page.png')] }), /page\.png cannot be read as an image/],
      [() => way({ between: ['1', at('gone.png')] }), /gone\.png cannot be read as an image/],
    ];
    for (const [refused, message] of refusals) {
      const error = await rejection(refused());
      expect(error, String(message)).to.be.instanceOf(UserError);
      expect((error as UserError).text).to.match(message);
    }
    expect(readdirSync(folder()).sort()).to.deep.equal(['folder', 'page.png', 'wide.png']);
  });

  it('are refused for a model that cannot generate any', async () => {
    const ingredients = ingredientsOf('classify', [...SMALL_CLASSIFIER, 'maxSteps=1', 'trackers=[]']);
    const { folder: classify } = await startRun(ingredients, folder());
    const run = { ...request('a.png'), run: classify.path };
    const way = () => interpolateToFile({ ...run, between: ['1', '2'], noise: 'own' });
    expect(await rejection(trajectoryToFile({ ...run, count: 1 })))
      .to.have.property('message')
      .that.contains('is a run of classify, which does not generate images step by step.');
    expect(((await rejection(way())) as UserError).message).to.contain('which does not interpolate between images.');
  });
});
