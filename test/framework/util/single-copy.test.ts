import { expect } from 'chai';
import { checkSingleCopy } from '../../../framework/util/single-copy';
import { CODE_ROOT, VERSION } from '../../../framework/util/own-package';

describe('a process', () => {
  it('has one copy of explab, and names the paths of two', () => {
    const load = () =>
      checkSingleCopy({ path: '/home/me/surf/node_modules/waves/node_modules/explab', version: '0.0.9' });
    expect(load).to.throw(
      `explab is loaded twice: ${CODE_ROOT} (${VERSION}) and /home/me/surf/node_modules/waves/node_modules/explab (0.0.9).`,
    );
  });

  it('may load that copy again, as a test runner does that watches files', () => {
    expect(() => checkSingleCopy()).not.to.throw();
  });
});
