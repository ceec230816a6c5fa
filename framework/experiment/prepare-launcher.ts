import { ensureMpi } from '../cluster/mpi/installation';
import type { Launcher } from '../kinds/launcher';

/** Makes sure that jobs can be submitted, and that they find MPI where they need it. @throws UserError where they cannot */
export async function prepareLauncher(launcher: Launcher): Promise<void> {
  await launcher.check();
  if (launcher.needsMpi) await ensureMpi();
}
