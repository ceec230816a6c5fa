import { expect } from 'chai';
import { PLATFORM, platformOf } from '../../../framework/tensorflow/install/platform';

describe('The platform of an installation', () => {
  it('has the builds for which TensorFlow has wheels', () => {
    const variants = (system: NodeJS.Platform, arch: string) => platformOf(system, arch).variants;
    expect(variants('linux', 'x64')).to.deep.equal(['cpu', 'cuda']);
    expect(variants('linux', 'arm64')).to.deep.equal(['cpu']);
    expect(variants('darwin', 'arm64')).to.deep.equal(['cpu']);
    for (const [system, arch] of [
      ['darwin', 'x64'],
      ['win32', 'x64'],
      ['linux', 'riscv64'],
    ] as const)
      expect(variants(system, arch)).to.deep.equal([]);
  });

  it("has the names of that system's linker", () => {
    expect(platformOf('darwin', 'arm64')).to.deep.include({
      libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
      origin: '@loader_path',
    });
    expect(PLATFORM).to.deep.equal(platformOf(process.platform, process.arch));
  });
});
