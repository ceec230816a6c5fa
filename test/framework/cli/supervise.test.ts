import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { supervise } from '../../../framework/cli/workers/supervise';
import { UserError } from '../../../framework/errors';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

describe('supervised workers', () => {
  const folder = temporaryFolder();
  const own = process.env['EXPLAB_MPI'];

  afterEach(() => {
    if (own === undefined) delete process.env['EXPLAB_MPI'];
    else process.env['EXPLAB_MPI'] = own;
  });

  /** An MPI whose launcher is a shell script. */
  function useLauncher(script: string): void {
    const mpi = folder();
    mkdirSync(join(mpi, 'bin'));
    mkdirSync(join(mpi, 'lib'));
    writeFileSync(join(mpi, 'lib', 'libmpi_abi.so.1'), '');
    writeFileSync(join(mpi, 'bin', 'mpiexec'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env['EXPLAB_MPI'] = mpi;
  }

  it('time out if the launcher starts none of them', async () => {
    // Its child keeps the pipes open.
    useLauncher('sleep 60 & wait');
    const error = await rejection(supervise(2, [], 0.2));
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).message).to.match(/mpiexec started no worker within 0\.2 s\.$/);
  });
});
