import type { Outcome } from '../../experiment/lifecycle/outcome';
import type { Monitor } from '../../monitor/monitor';
import { displayPath } from '../../run/runs-folder';
import { commandName } from '../../util/command-name';

/** Prints how a run ended and the next commands, and sets the exit code. */
export async function reportOutcome(running: Promise<Outcome>, monitor: Monitor, json: boolean): Promise<void> {
  const { folder, status, step, exitCode, canSample } = await running;
  process.exitCode = exitCode;
  if (json) {
    console.log(JSON.stringify({ run: folder.id, folder: folder.path, status, step }));
    return;
  }
  monitor.log(`${status === 'completed' ? 'Completed' : 'Stopped'} after ${step} steps: ${displayPath(folder.path)}`);
  if (status === 'interrupted') monitor.log(`  Resume it:         ${commandName()} resume ${folder.id}`);
  monitor.log(`  Open TensorBoard:  ${commandName()} tensorboard`);
  if (canSample) monitor.log(`  Generate samples:  ${commandName()} sample ${folder.id} -n 64`);
}
