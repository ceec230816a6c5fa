import type { Outcome } from '../../experiment/lifecycle/outcome';
import type { Monitor } from '../../monitor/monitor';
import { shown } from '../runs-folder';

/** Says how a run ended and what can be done with it, and sets the exit code. */
export async function finish(running: Promise<Outcome>, monitor: Monitor, json: boolean): Promise<void> {
  const { folder, status, step, exitCode, draws } = await running;
  process.exitCode = exitCode;
  if (json) {
    console.log(JSON.stringify({ run: folder.id, folder: folder.path, status, step }));
    return;
  }
  monitor.say(`${status === 'completed' ? 'Completed' : 'Stopped'} after ${step} steps: ${shown(folder.path)}`);
  if (status === 'interrupted') monitor.say(`  Go on with it:     exp resume ${folder.id}`);
  monitor.say(`  Look at it:        exp tensorboard`);
  if (draws) monitor.say(`  Draw more images:  exp sample ${folder.id} --n 64`);
}
