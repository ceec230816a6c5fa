import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeAddresses } from '../support/addresses';
import { REGISTER } from '../support/typescript';

/** What workers do that TF_CONFIG names; with GPUs, the same by NCCL. */
describe("Workers that exchange numbers over TensorFlow's servers", function () {
  this.timeout(10 * 60_000);

  it('have the sums over all', async () => {
    const addresses = (await freeAddresses(3)).join();
    const script = join(__dirname, '../support/server-worker.ts');
    const workers = [0, 1, 2].map((index) =>
      promisify(execFile)(process.execPath, ['-r', REGISTER, script, addresses, String(index)]),
    );
    for (const { stdout } of await Promise.all(workers)) {
      expect(JSON.parse(stdout)).to.deep.equal([[6, 12], 60]);
    }
  });
});
