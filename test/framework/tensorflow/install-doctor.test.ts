import { expect } from 'chai';
import { copyFileSync, cpSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { examine } from '../../../framework/tensorflow/install/doctor/doctor';
import { checkCache, checkCompiler, checkNode } from '../../../framework/tensorflow/install/doctor/machine';
import { checkAddon, checkKernels } from '../../../framework/tensorflow/install/doctor/tensorflow';
import { ensureKernels } from '../../../framework/tensorflow/install/kernels';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';
import { setUp } from '../../../framework/tensorflow/install/setup';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

describe('The doctor', () => {
  const folder = temporaryFolder();
  const set = environment();
  const stateOf = async (name: string, runs = join(folder(), 'runs')) =>
    (await examine(runs)).find((finding) => finding.name === name);

  it('finds everything after a setup', async () => {
    await setUp(undefined);
    const findings = await examine(join(folder(), 'runs'));
    expect(findings.filter(({ state }) => state === 'missing')).to.deep.equal([]);
    expect(findings.find(({ name }) => name === 'Addon')?.found).to.match(/^loads and computes on the (CPU|GPU)$/);
    expect(findings.find(({ name }) => name === 'Fused operations')?.found).to.match(
      /^(compiled and loadable|not used: only for CPUs)$/,
    );
    expect(findings.find(({ name }) => name === 'TensorFlow')?.found).to.match(
      /^2\.\d+\.\d+, (cpu|cuda|folder|download), in /,
    );
  });

  it('suggests the command that fixes what is missing', async () => {
    set({ EXPLAB_CACHE: join(folder(), 'cache'), EXPLAB_TENSORFLOW: undefined });
    expect(await stateOf('TensorFlow')).to.deep.include({ state: 'missing', fix: ['exp setup'] });
  });

  it('reports a missing compiler only until TensorFlow is set up', async () => {
    await ensureInstallation();
    set({ CXX: 'no-such-compiler' });
    expect(await stateOf('C++ compiler')).to.include({ state: 'unneeded' });
    set({ EXPLAB_CACHE: join(folder(), 'cache') });
    expect(await stateOf('C++ compiler')).to.include({ state: 'missing' });
  });

  it('reports a compiler that cannot compile, and quotes it', async () => {
    const script = join(folder(), 'broken-compiler');
    writeFileSync(script, '#!/bin/sh\necho "error: cannot find crti.o" >&2\nexit 1\n', { mode: 0o755 });
    set({ CXX: script });
    const { state, found, fix } = await checkCompiler();
    expect([state, found]).to.deep.equal(['missing', `${script} cannot compile a two-line program.`]);
    expect(fix).to.include('error: cannot find crti.o');
  });

  it('reports that the cache is a file', async () => {
    writeFileSync(join(folder(), 'cache'), '');
    set({ EXPLAB_CACHE: join(folder(), 'cache') });
    const { state, found, fix } = await checkCache();
    expect([state, found]).to.deep.equal([
      'missing',
      `${folder()}/cache/tensorflow cannot be created: ${folder()}/cache is a file.`,
    ]);
    expect(fix).to.deep.equal(['EXPLAB_CACHE=/path/to/folder exp setup']);
  });

  it('reports truncated libraries, and those that do not load', async () => {
    const installation = await ensureInstallation();
    const library = join(folder(), 'libtensorflow_cc.so.2');
    copyFileSync(installation.addon, library);
    truncateSync(library, 1000);
    const { finding } = await checkAddon({ ...installation, library: folder() });
    expect(finding).to.deep.include({ state: 'missing', fix: ['exp setup --force'] });
    expect(finding.found).to.match(/libtensorflow_cc\.so\.2 is damaged: it ends after 1,000 of \d+,\d+ bytes\.$/);

    const kernels = (await ensureKernels(installation)) ?? '';
    set({ EXPLAB_CACHE: join(folder(), 'cache') });
    const copy = join(folder(), 'cache/tensorflow', basename(dirname(kernels)));
    cpSync(dirname(kernels), copy, { recursive: true });
    writeFileSync(join(copy, basename(kernels)), 'not a library, though it is longer than a header: '.repeat(10));
    const fused = await checkKernels(installation);
    expect(fused.state).to.equal('missing');
    expect(fused.fix.at(-1)).to.equal(`rm ${join(copy, basename(kernels))} && exp setup`);
  });

  it('reports that runs cannot be written', async () => {
    writeFileSync(join(folder(), 'runs'), '');
    expect(await stateOf('Runs')).to.include({ state: 'missing' });
  });

  it('requires Node 20.19 or newer', () => {
    const states = ['18.20.8', '20.18.3', '20.19.0', '22.0.0', '24.1.0'].map((version) => checkNode(version).state);
    expect(states).to.deep.equal(['missing', 'missing', 'ok', 'ok', 'ok']);
  });
});
