import { expect } from 'chai';
import { join } from 'node:path';
import { Progress } from '../../../framework/install/progress';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';
import { ensureKernels, findKernels } from '../../../framework/tensorflow/install/kernels';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

describe('The fused operations', () => {
  const folder = temporaryFolder();
  const set = environment();

  it('are done without where the compiler cannot make them, which is told once', async () => {
    const installation = await ensureInstallation();
    set({ EXPLAB_CACHE: join(folder(), 'cache'), CXX: 'false' });
    expect(findKernels(installation)).to.equal(undefined);
    const told: string[] = [];
    const progress = new Progress((text) => void told.push(text));
    expect(await ensureKernels(installation, { progress })).to.equal(undefined);
    expect(told.join('')).to.contain('They cannot be compiled here: composed operations take their place.');
    const before = told.length;
    expect(await ensureKernels(installation, { progress })).to.equal(undefined);
    expect(told).to.have.length(before);
    expect(findKernels(installation)).to.deep.equal({ library: undefined });
  });
});
