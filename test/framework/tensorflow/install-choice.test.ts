import { expect } from 'chai';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentChoice, remember } from '../../../framework/tensorflow/install/choice';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

describe('The choice of TensorFlow', () => {
  const folder = temporaryFolder();
  const set = environment();
  beforeEach(() => set({ EXPLAB_CACHE: folder(), EXPLAB_TENSORFLOW: undefined }));

  /** An nvidia-smi that lists what a machine with that driver lists. */
  function driverSays(args: string): void {
    const bin = join(folder(), 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'nvidia-smi'), `#!/bin/sh\n${args}\n`);
    chmodSync(join(bin, 'nvidia-smi'), 0o755);
    set({ PATH: `${bin}:${process.env['PATH']}` });
  }

  it('is for NVIDIA GPUs if the driver lists one', function () {
    if (process.arch !== 'x64' || process.platform !== 'linux') this.skip();
    driverSays("echo 'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0)'");
    expect(currentChoice()).to.deep.equal({ variant: 'cuda' });
  });

  it('is for the CPU if a driver is installed and no GPU responds', () => {
    driverSays("echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9");
    expect(currentChoice()).to.deep.equal({ variant: 'cpu' });
  });

  it('is that of the last setup, until it is told to decide automatically', () => {
    remember({ variant: 'cuda' });
    expect(currentChoice()).to.deep.equal({ variant: 'cuda' });
    remember(undefined);
    driverSays('exit 9');
    expect(currentChoice()).to.deep.equal({ variant: 'cpu' });
  });

  it('is overridden by EXPLAB_TENSORFLOW', () => {
    remember({ variant: 'cuda' });
    set({ EXPLAB_TENSORFLOW: '/opt/tensorflow' });
    expect(currentChoice()).to.deep.equal({ tensorflow: '/opt/tensorflow' });
  });

  it('is made again if an earlier version recorded a download that no longer exists', () => {
    remember({ variant: 'cuda' });
    writeFileSync(join(folder(), 'tensorflow', 'choice.json'), '{"download":true}');
    expect(currentChoice()).to.have.property('variant');
  });

  it('is made again if its record is damaged', () => {
    remember({ variant: 'cuda' });
    writeFileSync(join(folder(), 'tensorflow', 'choice.json'), '{"down');
    expect(currentChoice()).to.have.property('variant');
  });
});
