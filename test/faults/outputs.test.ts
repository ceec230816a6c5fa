import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import { prepareFiles } from '../../framework/experiment/sampling/output-path';
import { decodeSafetensors } from '../../framework/checkpoint/safetensors';
import { readManifest, signed, type Manifest } from '../../framework/checkpoint/manifest';
import { writeAtomically } from '../../framework/util/temporary-path';
import { rejection } from '../support/rejection';
import { temporaryFolder } from '../support/temporary';

describe('a file that a command writes', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder(), name);

  it('does not replace an existing file unless asked to', () => {
    writeFileSync(at('b.png'), 'good');
    prepareFiles([at('a.png')], false);
    prepareFiles([at('b.png')], true);
    expect(() => prepareFiles([at('a.png'), at('b.png')], false)).to.throw(UserError, `${at('b.png')} already exists.`);
  });

  it('is written completely or not at all, and never through a link', async () => {
    writeFileSync(at('precious'), 'good');
    symlinkSync('precious', at('a.png'));
    await writeAtomically(at('a.png'), Buffer.from('picture'));
    expect(['a.png', 'precious'].map((name) => readFileSync(at(name), 'utf8'))).to.deep.equal(['picture', 'good']);
    mkdirSync(at('b.png'));
    await rejection(writeAtomically(at('b.png'), Buffer.from('picture')));
    expect(readdirSync(folder()).sort()).to.deep.equal(['a.png', 'b.png', 'precious']);
  });
});

describe('a safetensors file', () => {
  /** A file with a header as text, and the numbers of one float32. */
  const file = (header: string | Buffer): Buffer => {
    const bytes = Buffer.from(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([length, bytes, Buffer.alloc(4)]);
  };
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';

  it('with two arrays of the same name is refused, and an array may be called like a key', () => {
    expect(() => decodeSafetensors(file(`{"a":${entry},"a":${entry}}`), 'x')).to.throw(/same name/);
    expect(decodeSafetensors(file(`{"data_offsets":${entry}}`), 'x').map(({ name }) => name)).to.deep.equal([
      'data_offsets',
    ]);
  });

  it('whose header is not UTF-8 is refused', () => {
    const header = Buffer.from(`{"\u00e9":${entry}}`, 'latin1');
    expect(() => decodeSafetensors(file(header), 'x')).to.throw(/not UTF-8/);
  });
});

describe('a manifest whose checksum is right', () => {
  const folder = temporaryFolder();
  const whole: Manifest = {
    format: 2,
    experiment: 'diffuse',
    config: 'x',
    versions: {},
    position: { step: 3, epoch: 1, batch: 0, seed: 1 },
    savedAt: '2026-01-01T00:00:00Z',
    metrics: { loss: NaN },
    files: { 'model.safetensors': { bytes: 8, header: 0, arrays: {} } },
  };

  it('is read, including non-finite numbers', async () => {
    writeFileSync(join(folder(), 'manifest.json'), signed(JSON.parse(JSON.stringify(whole)) as Manifest));
    expect((await readManifest(folder())).metrics).to.deep.equal({ loss: NaN });
  });

  for (const [what, change] of Object.entries({
    'no files': { files: {} },
    'arrays that are none': { files: { 'model.safetensors': { bytes: 8, header: 0, arrays: null } } },
    'a negative epoch': { position: { ...whole.position, epoch: -1 } },
    'half a batch': { position: { ...whole.position, batch: 0.5 } },
    'hooks that nobody has': { pending: ['format-disk'] },
    'no versions': { versions: undefined },
  })) {
    it(`is refused with ${what}`, async () => {
      const changed = JSON.parse(JSON.stringify({ ...whole, ...change })) as Manifest;
      writeFileSync(join(folder(), 'manifest.json'), signed(changed));
      expect(await rejection(readManifest(folder()))).to.be.instanceOf(UserError);
      expect(existsSync(join(folder(), 'manifest.json'))).to.equal(true);
    });
  }
});
