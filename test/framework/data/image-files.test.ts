import { expect } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findImages } from '../../../framework/data/image-files';
import { temporaryFolder } from '../../support/temporary';

describe('findImages', () => {
  const folder = temporaryFolder();

  function put(...names: string[]): void {
    for (const name of names) {
      mkdirSync(join(folder(), name, '..'), { recursive: true });
      writeFileSync(join(folder(), name), 'abc');
    }
  }

  const found = async (root = folder()): Promise<string[]> =>
    (await findImages(root)).map(({ path }) => relative(root, path));

  it('finds JPEG and PNG files in depth, in the order of their paths', async () => {
    put('b/2.JPG', 'b/10.jpeg', 'a.png', 'B.jpg', 'b/c/d/ä b.Png', 'notes.txt', 'b/jpg', 'x.jpg.zip');
    expect(await found()).to.deep.equal(['B.jpg', 'a.png', 'b/10.jpeg', 'b/2.JPG', 'b/c/d/ä b.Png']);
  });

  it('tells the size of each', async () => {
    put('a.jpg');
    expect(await findImages(folder())).to.deep.equal([{ path: join(folder(), 'a.jpg'), size: 3 }]);
  });

  it('leaves out hidden files and folders', async () => {
    put('a.jpg', '._a.jpg', '.cache/b.jpg');
    expect(await found()).to.deep.equal(['a.jpg']);
  });

  it('follows links, each folder once, and leaves out links that lead nowhere', async () => {
    put('real/a.jpg');
    mkdirSync(join(folder(), 'root'));
    symlinkSync(join(folder(), 'real'), join(folder(), 'root/linked'));
    symlinkSync(join(folder(), 'root'), join(folder(), 'root/loop'));
    symlinkSync(join(folder(), 'nowhere'), join(folder(), 'root/dead.jpg'));
    expect(await found(join(folder(), 'root'))).to.deep.equal(['linked/a.jpg']);
  });
});
