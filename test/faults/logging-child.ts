import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { RunFolder } from '../../framework/run/run-folder';
import { loadTensorFlow } from '../../framework/tensorflow/load';
import { Tracking } from '../../framework/tracker/tracking';
import { JSONLTracker } from '../../plugins/trackers/jsonl';
import { TensorBoardTracker } from '../../plugins/trackers/tensorboard';

/**
 * Logs the loss of step after step into a run's folder until it is killed, or for so many steps. Every ten steps it flushes, as a checkpoint
 * does, and tells the step. What trackers have to say, it tells too. Usage: logging-child.ts FOLDER [STEPS]
 */
const [path = '', steps = 'Infinity'] = process.argv.slice(2);

void (async () => {
  await loadTensorFlow();
  const tracking = new Tracking((text) => tell(`told: ${text}`));
  const trackers = [new JSONLTracker(new RunFolder(path)), new TensorBoardTracker(new RunFolder(path))];
  tracking.use(trackers);
  for (let step = 1; step <= Number(steps); step++) {
    tracking.add('loss', step);
    tracking.save(step);
    if (step % 10 === 0) {
      tracking.flush();
      tell(String(step));
    }
    // TensorBoard keeps a thousand points of a curve: a test that is slow to kill must not come to more.
    await wait(5);
  }
  for (const tracker of trackers) {
    try {
      tracker.close();
    } catch (error) {
      if (!tracking.handleCloseError(tracker, error)) throw error;
    }
  }
  tell('end');
})();

/** At once, so that what is told has happened. */
function tell(text: string): void {
  writeFileSync(1, `${text}\n`);
}
