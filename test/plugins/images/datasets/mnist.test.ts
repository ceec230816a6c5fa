import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RemoteFile } from '../../../../framework/data/download';
import { UserError } from '../../../../framework/errors';
import { MNIST, MNISTSettings } from '../../../../plugins/images/datasets/mnist';
import { itBehavesLikeAnImageDataset } from '../../../../plugins/images/contracts/image-dataset';
import { fileServer } from '../../../support/file-server';
import { idx } from '../../../support/idx';
import { quietly } from '../../../support/quietly';
import { rejection } from '../../../support/rejection';
import { settingsOf } from '../../../support/settings';
import { temporaryFolder } from '../../../support/temporary';

describe('MNIST', () => {
  const folder = temporaryFolder();
  const server = fileServer();
  quietly();

  const pixels = Uint8Array.from({ length: 5 * 28 * 28 }, (_, index) => (index * 7) % 256);
  const images = gzipSync(idx([5, 28, 28], pixels));
  const labels = gzipSync(idx([5], [3, 1, 4, 1, 9]));
  const known = (name: string, bytes: Uint8Array): RemoteFile => ({
    name,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });

  /** MNIST, were it five images. */
  class FiveImages extends MNIST {
    protected override readonly files = {
      train: {
        images: known('train-images-idx3-ubyte.gz', images),
        labels: known('train-labels-idx1-ubyte.gz', labels),
      },
      test: { images: known('t10k-images-idx3-ubyte.gz', images), labels: known('t10k-labels-idx1-ubyte.gz', labels) },
    };
    protected override readonly downloadOptions = { idleSeconds: 0.7 };
  }

  function make(settings: Partial<MNISTSettings> = {}): MNIST {
    const mirrors = [server.address('/a/'), server.address('/b/')];
    return new FiveImages(settingsOf(MNISTSettings, { root: folder(), mirrors, ...settings }));
  }

  function put(name: string, bytes: Uint8Array): void {
    writeFileSync(join(folder(), name), bytes);
  }

  async function refusal(dataset: MNIST): Promise<UserError> {
    const error = await rejection(dataset.open());
    expect(error).to.be.an.instanceOf(UserError);
    return error as UserError;
  }

  describe('from existing files', () => {
    beforeEach(() => {
      put('train-images-idx3-ubyte.gz', images);
      put('train-labels-idx1-ubyte.gz', labels);
    });

    itBehavesLikeAnImageDataset(make, { count: 5, shape: [32, 32, 1], classes: 10 });

    it('returns their pixels and labels, without network access', async () => {
      const dataset = make({ imageSize: 28 });
      await dataset.open();
      const batch = await dataset.read([4, 0]);
      expect(Buffer.from(batch.pixels.subarray(0, 784)).equals(pixels.subarray(4 * 784))).to.equal(true);
      expect([...batch.labels!]).to.deep.equal([9, 3]);
      expect(server.asked).to.deep.equal([]);
    });

    it('refuses a different number of labels than images', async () => {
      put('train-labels-idx1-ubyte.gz', idx([4], [3, 1, 4, 1]));
      expect((await refusal(make())).message).to.match(/has 5 images, but .*train-labels-idx1-ubyte.gz has 4 labels/);
    });

    it('refuses a label that is not a digit', async () => {
      put('train-labels-idx1-ubyte.gz', idx([5], [3, 1, 10, 1, 9]));
      expect((await refusal(make())).message).to.include('label 2 is 10; expected 0 to 9.');
    });

    it('refuses a truncated file', async () => {
      put('train-images-idx3-ubyte.gz', images.subarray(0, 200));
      expect((await refusal(make())).message).to.include('is truncated after 200 bytes');
    });
  });

  it('prefers uncompressed files to gzipped ones', async () => {
    put('train-images-idx3-ubyte', idx([1, 28, 28], pixels.subarray(0, 784)));
    put('train-labels-idx1-ubyte', idx([1], [7]));
    put('train-images-idx3-ubyte.gz', images);
    put('train-labels-idx1-ubyte.gz', labels);
    const dataset = make();
    await dataset.open();
    expect(dataset.count).to.equal(1);
  });

  it('reads the split that is configured', async () => {
    put('t10k-images-idx3-ubyte.gz', images);
    put('t10k-labels-idx1-ubyte.gz', labels);
    const dataset = make({ split: 'test', download: false });
    await dataset.open();
    expect(dataset.count).to.equal(5);
  });

  it('downloads missing files from the first mirror that has them', async () => {
    server.answer('/a/train-images-idx3-ubyte.gz', images);
    server.answer('/b/train-labels-idx1-ubyte.gz', labels);
    await make({ root: join(folder(), 'new') }).open();
    expect(readdirSync(join(folder(), 'new'))).to.deep.equal([
      'train-images-idx3-ubyte.gz',
      'train-labels-idx1-ubyte.gz',
    ]);
  });

  it('downloads once', async () => {
    server.answer('/a/train-images-idx3-ubyte.gz', images);
    server.answer('/a/train-labels-idx1-ubyte.gz', labels);
    await make().open();
    await make().open();
    expect(server.asked).to.have.length(2);
  });

  it('ignores the leftovers of a killed download', async () => {
    put('train-images-idx3-ubyte.gz.0123abcd.part', images.subarray(0, 100));
    server.answer('/a/train-images-idx3-ubyte.gz', images);
    server.answer('/a/train-labels-idx1-ubyte.gz', labels);
    const dataset = make();
    await dataset.open();
    expect(dataset.count).to.equal(5);
  });

  it('leaves nothing of files with a wrong checksum', async () => {
    server.answer('/a/train-images-idx3-ubyte.gz', gzipSync(idx([1, 28, 28], pixels.subarray(0, 784))));
    const error = await refusal(make());
    expect(error.message).to.equal('train-images-idx3-ubyte.gz could not be downloaded.');
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('names the missing file if downloads are disabled', async () => {
    mkdirSync(join(folder(), 'empty'));
    const error = await refusal(make({ root: join(folder(), 'empty'), download: false }));
    expect(error.message).to.equal(
      `Neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz exists in ${join(folder(), 'empty')}.`,
    );
    expect(error.hints[0]).to.include('--set dataset.root=FOLDER');
    expect(server.asked).to.deep.equal([]);
  });
});
