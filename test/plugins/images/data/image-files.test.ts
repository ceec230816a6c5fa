import { expect } from 'chai';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findImages } from '../../../../plugins/images/data/image-files';
import { temporaryFolder } from '../../../support/temporary';

describe('findImages', () => {
  const folder = temporaryFolder();

  function put(...names: string[]): void {
    for (const name of names) {
      mkdirSync(join(folder(), name, '..'), { recursive: true });
      writeFileSync(join(folder(), name), 'abc');
    }
  }

  const found = async (root = folder()): Promise<string[]> =>
    (await findImages(root, () => undefined)).map(({ path }) => relative(root, path));

  it('finds JPEG and PNG files recursively, in the order of their paths', async () => {
    put('b/2.JPG', 'b/10.jpeg', 'a.png', 'B.jpg', 'b/c/d/ä b.Png', 'notes.txt', 'b/jpg', 'x.jpg.zip');
    expect(await found()).to.deep.equal(['B.jpg', 'a.png', 'b/10.jpeg', 'b/2.JPG', 'b/c/d/ä b.Png']);
  });

  it('returns the size and the time of each', async () => {
    put('a.jpg');
    const path = join(folder(), 'a.jpg');
    utimesSync(path, 0, 1000);
    expect(await findImages(folder())).to.deep.equal([{ path, size: 3, modified: 1_000_000 }]);
  });

  it('skips hidden files and folders', async () => {
    put('a.jpg', '._a.jpg', '.cache/b.jpg');
    expect(await found()).to.deep.equal(['a.jpg']);
  });

  it('reports once how many images it skips, and why', async () => {
    put('a.jpg', '._a.jpg', 'b/._b.jpg', '.notes', 'list.txt', 'c.webp', 'b/d.BMP', 'e.JPEG');
    symlinkSync(join(folder(), 'nowhere'), join(folder(), 'dead.jpg'));
    const caf = Buffer.concat([Buffer.from(join(folder(), 'caf')), Buffer.of(0xe9), Buffer.from('.jpg')]);
    writeFileSync(caf, 'abc');
    const output: string[] = [];
    const images = await findImages(folder(), (text) => output.push(text));
    expect(images.map(({ path }) => relative(folder(), path))).to.deep.equal(['a.jpg', 'e.JPEG']);
    expect(output).to.have.length(1);
    expect(output[0]).to.match(/^Skipped 6 files \(/);
    expect(output[0]).to.include('hidden files: 2, such as ').and.to.include('other formats: 2, such as ');
    expect(output[0]).to.include(`names that are not UTF-8: 1, such as ${join(folder(), 'caf\\xe9.jpg')}`);
    expect(output[0]).to.include(`broken links: 1, such as ${join(folder(), 'dead.jpg')}`);
  });

  it('reports nothing if it skips only files that are not images', async () => {
    put('a.jpg', 'list_attr.txt', 'README');
    const output: string[] = [];
    await findImages(folder(), (text) => output.push(text));
    expect(output).to.deep.equal([]);
  });

  it('follows links, each folder once, and skips dangling links', async () => {
    put('real/a.jpg');
    mkdirSync(join(folder(), 'root'));
    symlinkSync(join(folder(), 'real'), join(folder(), 'root/linked'));
    symlinkSync(join(folder(), 'root'), join(folder(), 'root/loop'));
    symlinkSync(join(folder(), 'nowhere'), join(folder(), 'root/dead.jpg'));
    expect(await found(join(folder(), 'root'))).to.deep.equal(['linked/a.jpg']);
  });
});
