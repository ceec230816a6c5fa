import { expect } from 'chai';
import { cpSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../../framework/errors';
import { CelebA, CelebASettings } from '../../../../plugins/images/datasets/celeba';
import { itBehavesLikeAnImageDataset } from '../../../../plugins/images/contracts/image-dataset';
import { quietly } from '../../../support/quietly';
import { rejection } from '../../../support/rejection';
import { settingsOf } from '../../../support/settings';
import { temporaryFolder } from '../../../support/temporary';

const fixtures = join(__dirname, '../../../fixtures/images');

describe('CelebA', () => {
  const folder = temporaryFolder();
  const output = quietly();
  const make = (settings: Partial<CelebASettings> = {}): CelebA =>
    new CelebA(settingsOf(CelebASettings, { root: join(fixtures, 'good'), ...settings }));

  itBehavesLikeAnImageDataset(() => make(), { count: 6, shape: [32, 32, 3] });

  it('crops only if configured to', async () => {
    const [whole, cropped] = [make(), make({ crop: true })];
    await Promise.all([whole.open(), cropped.open()]);
    expect(await whole.read([0])).not.to.deep.equal(await cropped.read([0]));
  });

  for (const broken of ['error', 'skip'] as const) {
    it(`explains how to get CelebA if there is no folder, with broken=${broken}`, async () => {
      const error = (await rejection(make({ root: join(folder(), 'none'), broken }).open())) as UserError;
      expect(error.message).to.match(/^The folder .*none does not exist\.$/);
      expect(error.text).to.include('http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html');
      expect(error.text).to.include(join(folder(), 'none/img_align_celeba/000001.jpg'));
      expect(error.text).to.include('use any other folder of images');
    });
  }

  describe('with a cache', () => {
    const root = () => join(folder(), 'images');
    const cacheFolder = process.env['EXPLAB_CACHE'];
    beforeEach(() => {
      process.env['EXPLAB_CACHE'] = join(folder(), 'cache');
      cpSync(join(fixtures, 'good'), root(), { recursive: true });
    });
    afterEach(() => {
      if (cacheFolder === undefined) delete process.env['EXPLAB_CACHE'];
      else process.env['EXPLAB_CACHE'] = cacheFolder;
    });

    for (const cache of ['auto', 'memory', 'disk'] as const)
      it(`decodes an image once: ${cache}`, async () => {
        const dataset = make({ root: root(), cache });
        await dataset.open();
        const first = await dataset.read([3, 0]);
        rmSync(root(), { recursive: true });
        expect(await dataset.read([3, 0])).to.deep.equal(first);
        await rejection(dataset.read([1]));
      });

    it('decodes an image each time that it is read without one', async () => {
      const dataset = make({ root: root(), cache: 'off' });
      await dataset.open();
      await dataset.read([0]);
      rmSync(root(), { recursive: true });
      await rejection(dataset.read([0]));
    });

    it('decodes again what has changed, at another size and cropped', async () => {
      const read = async (settings: Partial<CelebASettings> = {}) => {
        const dataset = make({ root: root(), cache: 'disk', ...settings });
        await dataset.open();
        return dataset.read([0]);
      };
      const first = await read();
      expect(await read()).to.deep.equal(first);
      expect((await read({ imageSize: 16 })).pixels).to.have.length(16 * 16 * 3);
      expect(await read({ crop: true })).to.not.deep.equal(first);
      cpSync(join(root(), 'b-landscape.JPEG'), join(root(), 'a-portrait.jpg'));
      expect(await read()).to.not.deep.equal(first);
    });
  });

  it('reports a folder without images', async () => {
    writeFileSync(join(folder(), 'readme.txt'), 'no image');
    const error = (await rejection(make({ root: folder() }).open())) as UserError;
    expect(error).to.be.an.instanceOf(UserError);
    expect(error.message).to.equal(`The folder ${folder()} contains no .jpg, .jpeg or .png files.`);
  });

  describe('with broken files', () => {
    /** a.jpg is good, b.jpg is broken, c.jpg is good. */
    function brokenBetween(name: string): string {
      cpSync(join(fixtures, 'good/a-portrait.jpg'), join(folder(), 'a.jpg'));
      cpSync(join(fixtures, 'broken', name), join(folder(), 'b.jpg'));
      cpSync(join(fixtures, 'good/b-landscape.JPEG'), join(folder(), 'c.jpg'));
      return folder();
    }

    for (const name of ['truncated.jpg', 'ended.jpg', 'page.jpg', 'truncated.png']) {
      it(`fails at ${name}, naming it and a fix`, async () => {
        const dataset = make({ root: brokenBetween(name) });
        await dataset.open();
        const error = (await rejection(dataset.read([0, 1, 2]))) as UserError;
        expect(error).to.be.an.instanceOf(UserError);
        expect(error.message.startsWith(`${join(folder(), 'b.jpg')} cannot be decoded: `)).to.equal(true);
        expect(error.hints[0]).to.include('--set dataset.broken=skip');
      });

      it(`uses the next valid image in place of ${name} on request`, async () => {
        const dataset = make({ root: brokenBetween(name), broken: 'skip' });
        await dataset.open();
        expect(dataset.count).to.equal(3);
        expect(await dataset.read([1])).to.deep.equal(await dataset.read([2]));
        expect(await dataset.read([0])).not.to.deep.equal(await dataset.read([1]));
      });
    }

    it('reports each skipped file once, with their number', async () => {
      const dataset = make({ root: brokenBetween('page.jpg'), broken: 'skip' });
      await dataset.open();
      await Promise.all([dataset.read([1, 1]), dataset.read([1])]);
      expect(output).to.have.length(1);
      expect(output[0]).to.match(/^Skipped: .*b\.jpg cannot be decoded: .* \(1 so far\)$/);
      expect(dataset.skipped).to.equal(1);
    });

    it('uses the first image after the last', async () => {
      cpSync(join(fixtures, 'good/a-portrait.jpg'), join(folder(), 'a.jpg'));
      cpSync(join(fixtures, 'broken/page.jpg'), join(folder(), 'b.jpg'));
      const dataset = make({ root: folder(), broken: 'skip' });
      await dataset.open();
      expect(await dataset.read([1])).to.deep.equal(await dataset.read([0]));
    });

    it('reports an empty file when it opens', async () => {
      mkdirSync(join(folder(), 'part2'));
      writeFileSync(join(folder(), 'part2/000131.jpg'), '');
      const error = (await rejection(make({ root: folder() }).open())) as UserError;
      expect(error.message).to.equal(`${join(folder(), 'part2/000131.jpg')} is empty: it has 0 bytes.`);
      expect(error.hints[0]).to.include('--set dataset.broken=skip');
    });

    it('fails if no image is valid, even if it skips', async () => {
      cpSync(join(fixtures, 'broken'), folder(), { recursive: true });
      const dataset = make({ root: folder(), broken: 'skip' });
      await dataset.open();
      expect(((await rejection(dataset.read([2]))) as Error).message).to.include('None of the 4 images');
    });

    it('names a file that was removed after it was listed', async () => {
      const dataset = make({ root: brokenBetween('page.jpg') });
      await dataset.open();
      rmSync(join(folder(), 'c.jpg'));
      expect(((await rejection(dataset.read([2]))) as Error).message).to.include(join(folder(), 'c.jpg'));
    });
  });

  describe('with the lists of CelebA', () => {
    const names = ['000001.jpg', '000002.jpg', '000003.jpg', '000004.jpg'];
    const partitions = ['000001.jpg 0', '000002.jpg 1', '000003.jpg 0', '000004.jpg 2'];
    const attributes = [
      '4',
      'Bald Smiling Young',
      '000001.jpg -1  1  1',
      '000002.jpg  1 -1  1',
      '000003.jpg -1  1 -1',
      '000004.jpg -1 -1  1',
    ];

    /** The four images and lists of these lines. */
    function lay(lists: Record<string, readonly string[]>, end = '\n'): void {
      mkdirSync(join(folder(), 'img_align_celeba'));
      const images = ['a-portrait.jpg', 'b-landscape.JPEG', 'c-grey.jpg', 'd-turned.jpg'];
      names.forEach((name, index) =>
        cpSync(join(fixtures, 'good', images[index]!), join(folder(), 'img_align_celeba', name)),
      );
      for (const [name, lines] of Object.entries(lists)) {
        mkdirSync(join(folder(), name, '..'), { recursive: true });
        writeFileSync(join(folder(), name), lines.map((line) => line + end).join(''));
      }
    }

    async function refusal(settings: Partial<CelebASettings>): Promise<string> {
      const error = (await rejection(make({ root: folder(), ...settings }).open())) as UserError;
      expect(error).to.be.an.instanceOf(UserError);
      return error.text.replaceAll(folder(), 'ROOT');
    }

    describe('and an attribute as the label', () => {
      beforeEach(() => lay({ 'list_attr_celeba.txt': attributes }));
      itBehavesLikeAnImageDataset(() => make({ root: folder(), label: 'Smiling' }), {
        count: 4,
        shape: [32, 32, 3],
        classes: 2,
      });
    });

    for (const [how, end] of [
      ['as they come', '\n'],
      ['with the line ends of Windows and more spaces', '  \r\n'],
    ] as const) {
      it(`selects a split with its labels, from lists ${how}`, async () => {
        lay({ 'Eval/list_eval_partition.txt': partitions, 'Anno/list_attr_celeba.txt': attributes }, end);
        const dataset = make({ root: folder(), split: 'train', label: 'Young' });
        const [all, valid] = [make({ root: folder() }), make({ root: folder(), split: 'valid' })];
        await Promise.all([dataset.open(), all.open(), valid.open()]);
        expect([dataset.count, valid.count, all.count]).to.deep.equal([2, 1, 4]);
        const { pixels, labels } = await dataset.read([0, 1]);
        expect([...labels!]).to.deep.equal([1, 0]);
        expect(pixels).to.deep.equal((await all.read([0, 2])).pixels);
        expect(await valid.read([0])).to.deep.equal(await all.read([1]));
      });
    }

    it('accepts lists of .jpg files for the archive of .png files', async () => {
      mkdirSync(join(folder(), 'png'));
      cpSync(join(fixtures, 'good/deeper/e-transparent.png'), join(folder(), 'png/000001.png'));
      writeFileSync(join(folder(), 'list_eval_partition.txt'), '000001.jpg 2');
      const dataset = make({ root: folder(), split: 'test' });
      await dataset.open();
      expect(dataset.count).to.equal(1);
    });

    it("labels the replacement of a broken image with the replacement's label", async () => {
      lay({ 'list_attr_celeba.txt': attributes });
      writeFileSync(join(folder(), 'img_align_celeba/000001.jpg'), '<html>');
      const dataset = make({ root: folder(), label: 'Bald', broken: 'skip' });
      await dataset.open();
      expect([...(await dataset.read([0])).labels!]).to.deep.equal([1]);
    });

    const list = (changed: readonly string[]) => ({ 'list_eval_partition.txt': changed });
    const faults: [string, Record<string, readonly string[]>, Partial<CelebASettings>, string][] = [
      ['no list', {}, { split: 'test' }, 'list_eval_partition.txt does not exist in ROOT.'],
      [
        'a row too few',
        list(partitions.slice(0, 3)),
        { split: 'train' },
        'ROOT/list_eval_partition.txt has no row for ROOT/img_align_celeba/000004.jpg among its 3 rows.',
      ],
      [
        'a row too many',
        list([...partitions, '000005.jpg 0']),
        { split: 'train' },
        'list_eval_partition.txt, line 5: image 000005.jpg does not exist.',
      ],
      [
        'a row twice',
        list([...partitions, '000002.jpg 0']),
        { split: 'train' },
        'list_eval_partition.txt, line 5: duplicate row for 000002.jpg.',
      ],
      [
        'a split that there is not',
        list(['000001.jpg 0', '000002.jpg 3']),
        { split: 'train' },
        'list_eval_partition.txt, line 2: expected a name and 0, 1 or 2, got "000002.jpg 3".',
      ],
      [
        'no count',
        { 'list_attr_celeba.txt': attributes.slice(1) },
        { label: 'Bald' },
        'list_attr_celeba.txt, line 1: expected the number of images.',
      ],
      [
        'no header',
        { 'list_attr_celeba.txt': [attributes[0]!, ...attributes.slice(2)] },
        { label: 'Bald' },
        'list_attr_celeba.txt, line 2: expected the names of the attributes.',
      ],
      [
        'a count that is another',
        { 'list_attr_celeba.txt': attributes.slice(0, -1) },
        { label: 'Bald' },
        'list_attr_celeba.txt, line 1: expected 4 rows to follow, got 3.',
      ],
      [
        'a row that is cut short',
        { 'list_attr_celeba.txt': [...attributes.slice(0, -1), '000004.jpg -1'] },
        { label: 'Bald' },
        'list_attr_celeba.txt, line 6: expected 4 columns, got 2.',
      ],
      [
        'a value that is neither',
        { 'list_attr_celeba.txt': attributes.map((line) => line.replace('000003.jpg -1', '000003.jpg 2')) },
        { label: 'Bald' },
        'list_attr_celeba.txt, line 5: expected 1 or -1 for Bald, got 2.',
      ],
      [
        'no such attribute',
        { 'list_attr_celeba.txt': attributes },
        { label: 'Smilling' },
        'dataset.label=Smilling: not an attribute of CelebA.\n  Did you mean Smiling?',
      ],
    ];
    for (const [fault, lists, settings, message] of faults) {
      it(`refuses ${fault}, and reports the position`, async () => {
        lay(lists);
        expect(await refusal(settings)).to.include(message);
      });
    }
  });

  describe('its fingerprint', () => {
    const fingerprint = async (settings: Partial<CelebASettings> = {}): Promise<string | undefined> => {
      const dataset = make({ root: folder(), ...settings });
      await dataset.open();
      return dataset.fingerprint()['images'];
    };
    beforeEach(() => cpSync(join(fixtures, 'good'), folder(), { recursive: true }));

    it('is the same with different file times and at a different image size', async () => {
      const before = await fingerprint();
      expect(before).to.match(/^6 files of [\d,]+ bytes, SHA-256 of names and sizes [0-9a-f]{64}$/);
      utimesSync(join(folder(), 'a-portrait.jpg'), 1, 1);
      expect(await fingerprint({ imageSize: 8 })).to.equal(before);
      expect(await fingerprint({ root: join(fixtures, 'good') })).to.equal(before);
    });

    it('differs if a file is renamed, replaced or removed', async () => {
      const all = new Set([await fingerprint()]);
      renameSync(join(folder(), 'a-portrait.jpg'), join(folder(), 'a.jpg'));
      all.add(await fingerprint());
      cpSync(join(fixtures, 'good/c-grey.jpg'), join(folder(), 'a.jpg'));
      all.add(await fingerprint());
      rmSync(join(folder(), 'a.jpg'));
      all.add(await fingerprint());
      expect(all.size).to.equal(4);
    });
  });
});
