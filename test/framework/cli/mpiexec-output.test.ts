import { expect } from 'chai';
import { MpiexecOutput } from '../../../framework/cli/workers/mpiexec-output';

/** What MPICH 5.0.2 prints when a process is killed. */
const MPICH = `
===================================================================================
=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES
=   PID 5481 RUNNING AT node2
=   EXIT CODE: 9
=   CLEANING UP REMAINING PROCESSES
=   YOU CAN IGNORE THE BELOW CLEANUP MESSAGES
===================================================================================
YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)
This typically refers to a problem with your application.
Please see the FAQ page for debugging suggestions`;

/** What Open MPI 5.0.11 prints then. */
const OPEN_MPI =
  'prterun noticed that process rank 1 with PID 77 on node node3 exited on signal 11 (Segmentation fault).';

describe("mpiexec's report of a worker's death", () => {
  function read(text: string): { output: MpiexecOutput; shown: string[] } {
    const output = new MpiexecOutput();
    return { output, shown: text.split('\n').filter((line) => !output.read(line)) };
  }

  it('is parsed, and not shown, for MPICH', () => {
    const { output, shown } = read(`${MPICH}\n[mpiexec@node1] Press Ctrl-C again to force abort`);
    expect(output.death).to.deep.equal({ host: 'node2', pid: 5481, signal: 9 });
    expect(shown).to.deep.equal([]);
  });

  it('is parsed for Open MPI', () => {
    expect(read(OPEN_MPI).output.death).to.deep.equal({ host: 'node3', pid: 77, signal: 11 });
  });

  it('gives the first worker that died', () => {
    expect(read(`${MPICH}\n${OPEN_MPI}`).output.death?.pid).to.equal(5481);
  });

  it('is separated from what workers print', () => {
    const lines = ['epoch 1/3  loss 0.1', '[worker 1] a warning', '  What was saved resumes'];
    expect(read(lines.join('\n'))).to.deep.include({ shown: lines });
  });
});
