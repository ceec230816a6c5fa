import { execFileSync } from 'node:child_process';
import { readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  cachedExamplesFile,
  cacheDetailsFile,
  cacheFolderOf,
  listCachedData,
  pruneCachedData,
} from '../../../framework/data/cache/cached-data';
import type { CacheOptions } from '../../../framework/data/cache/example-cache';
import { openCache } from '../../../framework/data/cache/open-cache';
import { temporaryFolder } from '../../support/temporary';

describe('a cache of examples', () => {
  const folder = temporaryFolder();
  const before = process.env['EXPLAB_CACHE'];
  const logged: string[] = [];
  beforeEach(() => {
    process.env['EXPLAB_CACHE'] = join(folder(), 'cache');
    logged.length = 0;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['EXPLAB_CACHE'];
    else process.env['EXPLAB_CACHE'] = before;
  });

  const OPTIONS: CacheOptions = { name: 'Waves in data', key: 'waves', count: 3, exampleBytes: 4 };
  const open = (mode: 'auto' | 'memory' | 'disk' | 'off', options: Partial<CacheOptions> = {}) =>
    openCache(mode, { ...OPTIONS, ...options }, (text) => logged.push(text));
  const bytes = (...values: number[]) => Uint8Array.from(values);

  for (const mode of ['memory', 'disk'] as const)
    it(`${mode === 'disk' ? 'on the disk' : 'in memory'} returns copies of what was kept, and nothing else`, () => {
      const cache = open(mode)!;
      expect(cache.get(1)).to.equal(undefined);
      cache.set(1, bytes(1, 2, 3, 4));
      cache.set(2, bytes(0, 0, 0, 0));
      cache.get(1)!.fill(9);
      expect([...cache.get(1)!]).to.deep.equal([1, 2, 3, 4]);
      expect([...cache.get(2)!]).to.deep.equal([0, 0, 0, 0]);
      expect(cache.get(0)).to.equal(undefined);
    });

  it('on the disk is shared by all that have the same key', () => {
    open('disk')!.set(0, bytes(1, 2, 3, 4));
    expect([...open('disk', { name: 'Waves in a copy' })!.get(0)!]).to.deep.equal([1, 2, 3, 4]);
    expect(open('disk', { key: 'other waves' })!.get(0)).to.equal(undefined);
  });

  it('has nothing of an example that is damaged or was not written to its end, and keeps it again', () => {
    const cache = open('disk')!;
    const file = cachedExamplesFile(cacheFolderOf(OPTIONS.key));
    for (let length = 0; length < 8; length++) {
      cache.set(0, bytes(1, 2, 3, 4));
      truncateSync(file, length);
      expect(cache.get(0), `${length} bytes`).to.equal(undefined);
    }
    cache.set(0, bytes(1, 2, 3, 4));
    writeFileSync(file, bytes(5), { flag: 'r+' });
    expect(cache.get(0)).to.equal(undefined);
    cache.set(0, bytes(1, 2, 3, 4));
    expect([...cache.get(0)!]).to.deep.equal([1, 2, 3, 4]);
  });

  it('on a full disk is not completed, which is logged once, and keeps what it has', () => {
    const script = `
      const { openCache } = require('./framework/data/cache/open-cache');
      const cache = openCache('disk', { name: 'Waves', key: 'waves', count: 9, exampleBytes: 4096 }, console.log);
      for (let index = 0; index < 9; index++) cache.set(index, new Uint8Array(4096).fill(index));
      console.log(Array.from({ length: 9 }, (_, index) => cache.get(index)?.[0] ?? '-').join(' '));
    `;
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" -r ./framework/typescript.js -e "$1"`;
    const output = execFileSync('bash', ['-c', limited, process.execPath, script], {
      cwd: join(__dirname, '../../..'),
      encoding: 'utf8',
    });
    expect(output.split('\n')).to.deep.equal([
      'The cache of Waves is not completed: EFBIG: file too large, write.',
      '0 1 2 - - - - - -',
      '',
    ]);
  });

  it('is in memory if it is small, and on the disk otherwise', () => {
    open('auto')!.set(0, bytes(1, 2, 3, 4));
    expect(listCachedData()).to.deep.equal([]);
    open('auto', { count: 2 ** 25 })!.set(0, bytes(1, 2, 3, 4));
    expect(listCachedData()).to.have.length(1);
    expect(open('off')).to.equal(undefined);
  });

  it('is missing, with its reason, where it cannot be written or has no space', () => {
    expect(open('auto', { exampleBytes: 2 ** 50 })).to.equal(undefined);
    expect(logged.pop()).to.match(
      /^No cache of Waves in data in .*: it needs 3\d+\.\d GB\. Examples are prepared again/,
    );
    writeFileSync(join(folder(), 'file'), '');
    process.env['EXPLAB_CACHE'] = join(folder(), 'file');
    expect(open('disk')).to.equal(undefined);
    expect(logged.pop()).to.match(/^No cache of Waves in data in .*file: ENOTDIR/);
  });

  it('is listed with its size and last use, and pruned by the latter', () => {
    open('disk')!.set(0, bytes(1, 2, 3, 4));
    open('disk', { key: 'old', name: 'Old waves' });
    utimesSync(cacheDetailsFile(cacheFolderOf('old')), 0, new Date('2026-01-02'));
    expect(listCachedData().map(({ name, usedAt }) => [name, usedAt > new Date('2026-06-01')])).to.deep.equal([
      ['Waves in data', true],
      ['Old waves', false],
    ]);
    expect(pruneCachedData(new Date('2026-06-01')).map(({ name }) => name)).to.deep.equal(['Old waves']);
    expect(listCachedData().map(({ name }) => name)).to.deep.equal(['Waves in data']);
    expect(readdirSync(join(folder(), 'cache/data'))).to.have.length(1);
  });
});
