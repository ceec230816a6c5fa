import { expect } from 'chai';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../framework/errors';
import { CelebA, CelebASettings } from '../../../plugins/datasets/celeba';
import { itBehavesLikeAnImageDataset } from '../../contracts/image-dataset';
import { quietly } from '../../support/quietly';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const fixtures = join(__dirname, '../../fixtures/images');

describe('CelebA', () => {
  const folder = temporaryFolder();
  const told = quietly();
  const make = (settings: Partial<CelebASettings> = {}): CelebA =>
    new CelebA(settingsOf(CelebASettings, { root: join(fixtures, 'good'), ...settings }));

  itBehavesLikeAnImageDataset(() => make(), { count: 6, shape: [32, 32, 3] });

  it('crops only where it is told', async () => {
    const [whole, cropped] = [make(), make({ crop: true })];
    await Promise.all([whole.open(), cropped.open()]);
    expect(await whole.read([0])).not.to.deep.equal(await cropped.read([0]));
  });

  for (const broken of ['error', 'skip'] as const) {
    it(`says how CelebA is got where there is no folder, with broken=${broken}`, async () => {
      const error = (await rejection(make({ root: join(folder(), 'none'), broken }).open())) as UserError;
      expect(error.message).to.match(/^The folder .*none cannot be read: ENOENT/);
      expect(error.text).to.include('http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html');
      expect(error.text).to.include(join(folder(), 'none/img_align_celeba/000001.jpg'));
      expect(error.text).to.include('Any other folder of images');
    });
  }

  it('says so where there are no images', async () => {
    writeFileSync(join(folder(), 'readme.txt'), 'no image');
    const error = (await rejection(make({ root: folder() }).open())) as UserError;
    expect(error).to.be.an.instanceOf(UserError);
    expect(error.message).to.equal(`There are no .jpg, .jpeg or .png files in ${folder()}.`);
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
      it(`stops at ${name}, naming it and what to do`, async () => {
        const dataset = make({ root: brokenBetween(name) });
        await dataset.open();
        const error = (await rejection(dataset.read([0, 1, 2]))) as UserError;
        expect(error).to.be.an.instanceOf(UserError);
        expect(error.message.startsWith(`${join(folder(), 'b.jpg')} cannot be decoded: `)).to.equal(true);
        expect(error.hints[0]).to.include('--set dataset.broken=skip');
      });

      it(`takes the next whole image in place of ${name} on request`, async () => {
        const dataset = make({ root: brokenBetween(name), broken: 'skip' });
        await dataset.open();
        expect(dataset.count).to.equal(3);
        expect(await dataset.read([1])).to.deep.equal(await dataset.read([2]));
        expect(await dataset.read([0])).not.to.deep.equal(await dataset.read([1]));
      });
    }

    it('tells of each skipped file once, with their number', async () => {
      const dataset = make({ root: brokenBetween('page.jpg'), broken: 'skip' });
      await dataset.open();
      await Promise.all([dataset.read([1, 1]), dataset.read([1])]);
      expect(told).to.have.length(1);
      expect(told[0]).to.match(/^Skipped: .*b\.jpg cannot be decoded: .* \(1 so far\)$/);
      expect(dataset.skipped).to.equal(1);
    });

    it('follows the last image by the first', async () => {
      cpSync(join(fixtures, 'good/a-portrait.jpg'), join(folder(), 'a.jpg'));
      cpSync(join(fixtures, 'broken/page.jpg'), join(folder(), 'b.jpg'));
      const dataset = make({ root: folder(), broken: 'skip' });
      await dataset.open();
      expect(await dataset.read([1])).to.deep.equal(await dataset.read([0]));
    });

    it('finds an empty file when it opens', async () => {
      mkdirSync(join(folder(), 'part2'));
      writeFileSync(join(folder(), 'part2/000131.jpg'), '');
      const error = (await rejection(make({ root: folder() }).open())) as UserError;
      expect(error.message).to.equal(`${join(folder(), 'part2/000131.jpg')} is empty: it has 0 bytes.`);
      expect(error.hints[0]).to.include('--set dataset.broken=skip');
    });

    it('stops where no image is whole, even when it skips', async () => {
      cpSync(join(fixtures, 'broken'), folder(), { recursive: true });
      const dataset = make({ root: folder(), broken: 'skip' });
      await dataset.open();
      expect(((await rejection(dataset.read([2]))) as Error).message).to.include('None of the 4 images');
    });

    it('names a file that has gone since it was listed', async () => {
      const dataset = make({ root: brokenBetween('page.jpg') });
      await dataset.open();
      rmSync(join(folder(), 'c.jpg'));
      expect(((await rejection(dataset.read([2]))) as Error).message).to.include(join(folder(), 'c.jpg'));
    });
  });
});
