import { duration } from '../../util/format';
import type { Monitor } from '../../monitor/monitor';
import { fileErrorCode } from '../../util/file-errors';
import { Attempt, type AttemptRecord } from './attempt';
import { LogFile } from '../log-file';
import type { RunFolder } from '../run-folder';

/**
 * Runs `work` as the only writer of a run, with its log file, and logs the death of a previous writer.
 * @param streams whose output the log file has; if there are none, it has the lines of the monitor
 * @throws UserError if another process is writing the run
 */
export async function withRunLock<T>(
  folder: RunFolder,
  monitor: Monitor,
  work: (attempt: Attempt) => Promise<T>,
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): Promise<T> {
  const attempt = Attempt.claim(folder);
  const log = new LogFile(folder.log, streams);
  const stopCopying = streams.length === 0 ? monitor.copyLines((line) => log.write(`${line}\n`)) : undefined;
  for (const stream of streams) stream.on('error', ignore);
  try {
    if (attempt.takenOver) monitor.log(takeoverMessage(folder, attempt.takenOver));
    return await work(attempt);
  } catch (error) {
    // The caller prints the error later.
    log.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    throw error;
  } finally {
    for (const stream of streams) stream.off('error', ignore);
    stopCopying?.();
    log.close();
    endAttempt(attempt);
  }
}

/** A closed terminal or pipe, or a full disk behind it, does not stop the run: the log file has all of its output. */
const ignore = () => undefined;

/** Records the end of an attempt. If that fails, as on a full disk, the heartbeat times out later. */
function endAttempt(attempt: Attempt): void {
  try {
    attempt.end();
  } catch (error) {
    if (!fileErrorCode(error)) throw error;
  }
}

function takeoverMessage({ id }: RunFolder, { pid, host, startedAt }: AttemptRecord): string {
  const elapsed = duration((Date.now() - Date.parse(startedAt)) / 1000);
  return `Process ${pid} on ${host}, which started writing ${id} ${elapsed} ago, is dead. Taking over.`;
}
