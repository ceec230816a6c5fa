import { expect } from 'chai';
import { cpSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Progress } from '../../../framework/install/progress';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';
import { ensureKernels, findKernels } from '../../../framework/tensorflow/install/kernels';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

describe('The fused operations', () => {
  const folder = temporaryFolder();
  const set = environment();

  it('are not used if the compiler cannot build them, which is reported once', async () => {
    const installation = await ensureInstallation();
    set({ EXPLAB_CACHE: join(folder(), 'cache'), CXX: 'false' });
    expect(findKernels(installation)).to.equal(undefined);
    const output: string[] = [];
    const progress = new Progress((text) => void output.push(text));
    expect(await ensureKernels(installation, { progress })).to.equal(undefined);
    expect(output.join('')).to.contain('They cannot be compiled here; composed operations are used instead.');
    const before = output.length;
    expect(await ensureKernels(installation, { progress })).to.equal(undefined);
    expect(output).to.have.length(before);
    expect(findKernels(installation)).to.deep.equal({ library: undefined });
  });

  it('are compiled again if their library is truncated', async () => {
    const installation = await ensureInstallation();
    const library = (await ensureKernels(installation)) ?? '';
    set({ EXPLAB_CACHE: join(folder(), 'cache') });
    const copy = join(folder(), 'cache/tensorflow', basename(dirname(library)));
    cpSync(dirname(library), copy, { recursive: true });
    const file = join(copy, basename(library));
    expect(findKernels(installation)).to.deep.equal({ library: file });
    for (const size of [statSync(file).size - 1, 1000, 0]) {
      truncateSync(file, size);
      expect(findKernels(installation), `${size} bytes`).to.equal(undefined);
    }
  });
});
