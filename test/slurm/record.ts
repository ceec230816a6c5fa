import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, until } from './cluster';

/** Records what a real squeue says of jobs in many states, for tests that have no Slurm. */
async function record(): Promise<void> {
  const cluster = await Cluster.start();
  try {
    const submit = (...args: string[]) => cluster.ask('sbatch', '--parsable', '--output=/dev/null', ...args);
    const array = submit(
      '--array=0-4%2',
      '--wrap=[ $SLURM_ARRAY_TASK_ID = 1 ] && exit 3; [ $SLURM_ARRAY_TASK_ID = 0 ] || sleep 60',
    );
    const again = submit('--requeue', '--wrap=sleep 60');
    const cancelled = submit('--wrap=sleep 60');
    submit('--hold', '--wrap=true');
    const states = () => cluster.ask('squeue', '--noheader', '--array', '--states=all', '--format=%i|%T');
    await until(
      'all stand as they are to',
      () => states().includes(`${array}_1|FAILED`) && states().includes(`${cancelled}|RUNNING`),
    );
    cluster.ask('scancel', cancelled);
    cluster.ask('scontrol', 'requeue', again);
    await until('one is queued again', () => states().includes(`${again}|PENDING`));
    writeFileSync(join(__dirname, '../fixtures/slurm/squeue.txt'), `${states()}\n`);
  } finally {
    await cluster.stop();
  }
}

void record();
