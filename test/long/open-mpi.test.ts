import { expect } from 'chai';
import { exp } from '../support/exp';
import { runWorkers } from '../support/mpiexec';
import { openMpi } from '../support/open-mpi';
import { expectSums } from '../support/sums';
import { temporaryFolder } from '../support/temporary';
import { SHARED, expectAlike, losses } from '../support/worker-runs';

describe('Workers on Open MPI, which has a different ABI', function () {
  this.timeout(10 * 60_000);
  const runs = temporaryFolder();

  it('sum tensors of all sizes, bit-identically on each', async () => {
    const printed = await runWorkers(await openMpi(), 3, 'sums');
    expect(printed[0]!.version).to.match(/^Open MPI/);
    expectSums(printed, 3);
  });

  it('train to the same numbers as one, if EXPLAB_MPI names it', async () => {
    const { library } = await openMpi();
    const args = ['run', 'diffuse', ...SHARED, 'maxSteps=4'];
    for (const more of [
      ['--id', 'one'],
      ['--id', 'two', '--workers', '2'],
    ]) {
      const { code, stderr } = await exp([...args, ...more], { runs: runs(), env: { EXPLAB_MPI: library } });
      expect(code, stderr).to.equal(0);
    }
    expectAlike(losses(runs(), 'two'), losses(runs(), 'one'));
  });
});
