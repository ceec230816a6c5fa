import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import { gunzip, gunzipHead, isGzip } from '../../../framework/data/gzip';
import type { UserError } from '../../../framework/errors';
import { rejection } from '../../support/rejection';

describe('gunzip', () => {
  // `printf hello | gzip -n`, by GNU gzip.
  const hello = Buffer.from('1f8b0800000000000003cb48cdc9c907008 6a6103605000000'.replace(' ', ''), 'hex');

  async function refusal(bytes: Uint8Array, limit = 100): Promise<string> {
    return ((await rejection(gunzip(bytes, 'some.gz', limit))) as UserError).message;
  }

  function changed(index: number): Buffer {
    const bytes = Buffer.from(hello);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    return bytes;
  }

  it('unpacks', async () => {
    expect(Buffer.from(await gunzip(hello, 'some.gz', 5)).toString()).to.equal('hello');
  });

  it('detects gzip by its leading bytes', () => {
    expect(isGzip(hello)).to.equal(true);
    expect(isGzip(Buffer.from('hello'))).to.equal(false);
    expect(isGzip(new Uint8Array(0))).to.equal(false);
  });

  it('returns the head of intact and damaged data', () => {
    expect(Buffer.from(gunzipHead(hello, 2)).toString()).to.equal('he');
    expect(Buffer.from(gunzipHead(hello.subarray(0, -9), 2)).toString()).to.equal('he');
    expect(gunzipHead(Buffer.from('1f8b08ffffff', 'hex'), 2)).to.have.length(0);
  });

  it('reports truncated data', async () => {
    expect(await refusal(hello.subarray(0, -3))).to.equal(
      'some.gz cannot be unpacked: it is truncated after 22 bytes.',
    );
  });

  it('reports a wrong checksum', async () => {
    expect(await refusal(changed(hello.length - 8))).to.include('its checksum does not match');
  });

  it('reports trailing bytes', async () => {
    expect(await refusal(Buffer.concat([hello, Buffer.from('junk')]))).to.include('unexpected bytes follow its end');
  });

  it('reports the leading bytes of data that are not gzipped', async () => {
    expect(await refusal(Buffer.from('<html>'))).to.equal(
      'some.gz is not gzipped: it begins with 3c 68 74, not 1f 8b 08.',
    );
    expect(await refusal(Buffer.alloc(0))).to.include('it begins with nothing');
  });

  it('stops at the size limit, whatever the size of the data', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).to.be.lessThan(50_000);
    expect(await refusal(bomb, 1000)).to.include('it exceeds the expected 1,000 bytes');
  });
});
