import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ensureMpi, findOwnMpi } from '../../../framework/cluster/mpi/installation';
import type { MpiInstallation } from '../../../framework/cluster/mpi/mpich';
import { ensureMpich } from '../../../framework/cluster/mpi/mpich';
import { launchedWorkers } from '../../../framework/cluster/mpi/launched';
import { UserError } from '../../../framework/errors';
import { numberOf } from '../../support/mpi-numbers';
import { runWorkers } from '../../support/mpiexec';
import { type Sum, expectSums } from '../../support/sums';
import { withTensorFlow } from '../../support/tensorflow';
import { temporaryFolder } from '../../support/temporary';

describe('Workers started by MPI', function () {
  this.timeout(60_000);
  let mpi: MpiInstallation;
  withTensorFlow();
  before(async function () {
    this.timeout(5 * 60_000);
    mpi = await ensureMpich();
  });

  const resultsOf = async (count: number, work: string) =>
    (await runWorkers(mpi, count, work)).map(({ result }) => result);

  it('know their rank and the machine of each', async () => {
    const [first, second] = await runWorkers(mpi, 2, 'come together');
    expect([first!.index, second!.index]).to.deep.equal([0, 1]);
    expect(second!.hosts).to.deep.equal([hostname(), hostname()]);
    expect(second!.version).to.match(/^MPICH/);
  });

  it('sum tensors of all sizes, bit-identically on each', async () => {
    expectSums(await runWorkers(mpi, 3, 'sums'), 3);
  });

  it("do so by MPICH's own binary interface, which Intel MPI and Cray MPICH share", async () => {
    const library = join(mpi.library, '..', 'libmpi.so.12');
    expectSums(await runWorkers({ ...mpi, library }, 2, 'sums'), 2);
  });

  it('leave an input tensor unchanged if it is used again', async () => {
    for (const { index, result } of await runWorkers(mpi, 2, 'sums')) {
      expect((result as Sum[]).at(-1)!.first).to.be.closeTo(-2 * numberOf(index, 0, 0), 1e-6);
    }
  });

  it('refuse to sum tensors of different sizes', async () => {
    for (const result of await resultsOf(2, 'other sizes')) {
      expect(result).to.match(/the workers exchange different tensors: here \d numbers in exchange 1/);
    }
  });

  it('learn which of them has not joined an exchange', async () => {
    for (const result of await resultsOf(3, 'no exchange')) {
      expect(result).to.match(/^Worker 1 on \S+ has not joined an exchange of gradients for 1 s: it is hung\./);
    }
  });

  it("meet, and all receive the chief's answer to what they sent", async () => {
    expect(await resultsOf(3, 'come together')).to.deep.equal(['1+2+3', '1+2+3', '1+2+3']);
  });

  it('are all notified why one of them failed', async () => {
    const others = await resultsOf(3, 'give up');
    expect(others).to.have.length(2);
    for (const result of others) expect(result).to.match(/^Worker 1 on \S+ has failed: The disk is full\./);
  });

  it('are all notified of an error that the chief finds', async () => {
    expect(await resultsOf(2, 'disagree')).to.deep.equal(['They differ.', 'They differ.']);
  });
});

describe('The number of workers that a launcher started', () => {
  it('is what MPICH, Open MPI and srun report', () => {
    expect(launchedWorkers({ PMI_SIZE: '4', PMI_RANK: '0' })).to.equal(4);
    expect(launchedWorkers({ OMPI_COMM_WORLD_SIZE: '3' })).to.equal(3);
    const step = { SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '2', SLURM_STEP_NODELIST: 'a[1-2]' };
    expect(launchedWorkers({ ...step, PMI_SIZE: '2' })).to.equal(2);
    expect(launchedWorkers({ ...step, PMIX_RANK: '1' })).to.equal(2);
  });

  it('is undefined for a single process, a single task and a batch script', () => {
    expect(launchedWorkers({})).to.equal(undefined);
    expect(launchedWorkers({ PMI_SIZE: '1' })).to.equal(undefined);
    expect(launchedWorkers({ SLURM_PROCID: '0', SLURM_NTASKS: '1', SLURM_STEP_NODELIST: 'a' })).to.equal(undefined);
    expect(launchedWorkers({ SLURM_NTASKS: '2', SLURM_JOB_ID: '7' })).to.equal(undefined);
  });

  it('is refused if srun started tasks without MPI', () => {
    const step = { SLURM_PROCID: '1', SLURM_NTASKS: '2', SLURM_STEP_NODELIST: 'a[1-2]' };
    expect(() => launchedWorkers(step)).to.throw(UserError, /srun started 2 tasks without MPI/);
  });
});

describe('EXPLAB_MPI', () => {
  const folder = temporaryFolder();

  it('names a library, or its folder', async () => {
    const { library, mpiexec } = await ensureMpich();
    expect(findOwnMpi({ EXPLAB_MPI: library })).to.deep.equal({ library, mpiexec });
    expect(findOwnMpi({ EXPLAB_MPI: join(library, '../..') })).to.deep.equal({ library, mpiexec });
    expect(await ensureMpi({})).to.deep.equal({ library, mpiexec });
  });

  it('is refused if there is no MPI', () => {
    expect(() => findOwnMpi({ EXPLAB_MPI: '/nowhere' })).to.throw(
      UserError,
      'EXPLAB_MPI=/nowhere: no such file or folder',
    );
    expect(() => findOwnMpi({ EXPLAB_MPI: folder() })).to.throw(UserError, /no library libmpi_abi\.so\.1/);
  });
});
