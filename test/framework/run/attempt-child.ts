import { Attempt } from '../../../framework/run/status/attempt';
import { RunFolder } from '../../../framework/run/run-folder';
import { messageOf } from '../../../framework/errors';

/**
 * A process that waits for a line on its standard input; then it makes a run folder below the first argument and claims the run of
 * the second. It tells both as JSON, and stays until it is killed.
 */
const [root = '', run = ''] = process.argv.slice(2);

process.stdout.write('ready\n');
process.stdin.once('data', () => {
  const made = RunFolder.create(root, 'diffuse').path;
  process.stdout.write(`${JSON.stringify({ made, ...claimed() })}\n`);
});

function claimed(): { claimed?: string; takenOver?: number; refused?: string } {
  try {
    const { path, takenOver } = Attempt.claim(new RunFolder(run));
    return { claimed: path, ...(takenOver && { takenOver: takenOver.pid }) };
  } catch (error) {
    return { refused: messageOf(error) };
  }
}
