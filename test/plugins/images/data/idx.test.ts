import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../../../framework/errors';
import { readIDX } from '../../../../plugins/images/data/idx';
import { rejection } from '../../../support/rejection';
import { temporaryFolder } from '../../../support/temporary';

describe('readIDX', () => {
  const folder = temporaryFolder();

  // Two images of 1 × 3 pixels, byte by byte as the format's description has them.
  const two = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];

  function file(bytes: readonly number[] | Uint8Array): string {
    const path = join(folder(), 'some-idx');
    writeFileSync(path, Uint8Array.from(bytes));
    return path;
  }

  async function refusal(bytes: readonly number[] | Uint8Array, rank = 3): Promise<string> {
    const error = await rejection(readIDX(file(bytes), rank));
    expect(error).to.be.an.instanceOf(UserError);
    expect((error as UserError).message).to.include(join(folder(), 'some-idx'));
    return (error as UserError).message.replace(join(folder(), 'some-idx'), 'FILE');
  }

  it('reads the dimensions and the values', async () => {
    const { dimensions, values } = await readIDX(file(two), 3);
    expect(dimensions).to.deep.equal([2, 1, 3]);
    expect([...values]).to.deep.equal([10, 20, 30, 40, 50, 60]);
  });

  it('reads the same gzipped, whatever the name', async () => {
    const { dimensions, values } = await readIDX(file(gzipSync(Uint8Array.from(two))), 3);
    expect(dimensions).to.deep.equal([2, 1, 3]);
    expect([...values]).to.deep.equal([10, 20, 30, 40, 50, 60]);
  });

  it('names a missing file', async () => {
    const error = (await rejection(readIDX(join(folder(), 'absent'), 1))) as UserError;
    expect(error).to.be.an.instanceOf(UserError);
    expect(error.message).to.include(join(folder(), 'absent'));
  });

  it('reports the type it found if it expects bytes', async () => {
    expect(await refusal([0, 0, 0x0d, 3, ...two.slice(4)])).to.equal('FILE: expected unsigned bytes, got floats.');
  });

  it('reports the number of dimensions it found and expected', async () => {
    expect(await refusal(two, 1)).to.equal('FILE: expected 1 dimensions, got 3.');
    expect(await refusal([0, 0, 8, 1, 0, 0, 0, 1, 7], 3)).to.equal('FILE: expected 3 dimensions, got 1.');
  });

  it('recognises a little-endian header', async () => {
    expect(await refusal([3, 8, 0, 0, 2, 0, 0, 0])).to.include('little-endian');
  });

  it('recognises a file that is not IDX at all', async () => {
    expect(await refusal([...Buffer.from('<html><body>')])).to.equal(
      'FILE is not an IDX file: it begins with 3c68746d, not 00000803.',
    );
    expect(await refusal([])).to.equal('FILE is not an IDX file: it ends after 0 bytes.');
    expect(await refusal([0, 0, 8])).to.equal('FILE is not an IDX file: it ends after 3 bytes.');
  });

  it('refuses a truncated header', async () => {
    expect(await refusal(two.slice(0, 14))).to.equal('FILE ends within its header, after 14 bytes.');
  });

  it('refuses too few and too many values', async () => {
    expect(await refusal(two.slice(0, -1))).to.equal('FILE: expected 2 × 1 × 3 = 6 values from its header, got 5.');
    expect(await refusal([...two, 70])).to.equal('FILE: expected 2 × 1 × 3 = 6 values from its header, got 7.');
  });

  it('refuses them gzipped too', async () => {
    expect(await refusal(gzipSync(Uint8Array.from(two.slice(0, -1))))).to.include('values from its header, got 5');
    expect(await refusal(gzipSync(Uint8Array.from([...two, 70])))).to.equal(
      'FILE cannot be unpacked: it exceeds the expected 22 bytes.',
    );
  });

  it('refuses an empty set', async () => {
    expect(await refusal([0, 0, 8, 1, 0, 0, 0, 0], 1)).to.equal('FILE is empty: its header has dimensions 0.');
    expect(await refusal([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3])).to.include('5 × 0 × 3');
  });

  it('refuses a header that claims more than 2 GiB, without allocating memory for it', async () => {
    const huge = [0x7f, 0xff, 0xff, 0xff];
    const header = [0, 0, 8, 3, ...huge, ...huge, ...huge];
    for (const bytes of [header, gzipSync(Uint8Array.from(header))]) {
      expect(await refusal(bytes)).to.include('2147483647 × 2147483647 × 2147483647');
    }
  });
});
