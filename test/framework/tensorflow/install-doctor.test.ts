import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examine } from '../../../framework/tensorflow/install/doctor/doctor';
import { checkNode } from '../../../framework/tensorflow/install/doctor/machine';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';
import { setUp } from '../../../framework/tensorflow/install/setup';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

describe('The doctor', () => {
  const folder = temporaryFolder();
  const set = environment();
  const stateOf = async (name: string, runs = join(folder(), 'runs')) =>
    (await examine(runs)).find((finding) => finding.name === name);

  it('finds all that is needed where the setup has been done', async () => {
    await setUp(undefined);
    const findings = await examine(join(folder(), 'runs'));
    expect(findings.filter(({ state }) => state === 'missing')).to.deep.equal([]);
    expect(findings.find(({ name }) => name === 'Addon')?.found).to.match(/^loads, and computes on the (CPU|GPU)$/);
    expect(findings.find(({ name }) => name === 'Fused operations')?.found).to.match(
      /^(compiled|none: they are for CPUs)$/,
    );
    expect(findings.find(({ name }) => name === 'TensorFlow')?.found).to.match(
      /^2\.\d+\.\d+, (cpu|cuda|folder|download), in /,
    );
  });

  it('names the command that mends what is missing', async () => {
    set({ EXPLAB_CACHE: join(folder(), 'cache'), EXPLAB_TENSORFLOW: undefined });
    expect(await stateOf('TensorFlow')).to.deep.include({ state: 'missing', mend: ['exp setup'] });
  });

  it('misses a compiler only until TensorFlow is set up', async () => {
    await ensureInstallation();
    set({ CXX: 'no-such-compiler' });
    expect(await stateOf('C++ compiler')).to.include({ state: 'unneeded' });
    set({ EXPLAB_CACHE: join(folder(), 'cache') });
    expect(await stateOf('C++ compiler')).to.include({ state: 'missing' });
  });

  it('says that runs cannot be written', async () => {
    writeFileSync(join(folder(), 'runs'), '');
    expect(await stateOf('Runs')).to.include({ state: 'missing' });
  });

  it('wants Node 20.19 or newer', () => {
    const states = ['18.20.8', '20.18.3', '20.19.0', '22.0.0', '24.1.0'].map((version) => checkNode(version).state);
    expect(states).to.deep.equal(['missing', 'missing', 'ok', 'ok', 'ok']);
  });
});
