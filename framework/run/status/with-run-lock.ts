import { duration } from '../../util/format';
import type { Monitor } from '../../monitor/monitor';
import { fileErrorCode } from '../../util/file-errors';
import { Attempt, type AttemptRecord } from './attempt';
import { LogFile } from '../log-file';
import type { RunFolder } from '../run-folder';

/**
 * Does work as the one writer of a run, with its log, and tells of a process that was killed while it was the writer.
 * @throws UserError where another process is writing it
 */
export async function withRunLock<T>(
  folder: RunFolder,
  monitor: Monitor,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const attempt = Attempt.claim(folder);
  const streams = [process.stdout, process.stderr];
  const log = new LogFile(folder.log, streams);
  for (const stream of streams) stream.on('error', ignore);
  try {
    if (attempt.takenOver) monitor.log(notice(folder, attempt.takenOver));
    return await work(attempt);
  } catch (error) {
    // It is printed later, by whoever catches it.
    log.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    throw error;
  } finally {
    for (const stream of streams) stream.off('error', ignore);
    log.close();
    endAttempt(attempt);
  }
}

/** A terminal or a pipe that is closed, or a full disk behind it, is no reason to stop: the log has all that would be shown. */
const ignore = () => undefined;

/** What cannot be written down, since the disk is full, the heartbeat tells later. */
function endAttempt(attempt: Attempt): void {
  try {
    attempt.end();
  } catch (error) {
    if (!fileErrorCode(error)) throw error;
  }
}

function notice({ id }: RunFolder, { pid, host, startedAt }: AttemptRecord): string {
  const ago = duration((Date.now() - Date.parse(startedAt)) / 1000);
  return `Process ${pid} on ${host}, which wrote ${id} since ${ago} ago, has died. Taking over.`;
}
