/** Takes a lock at each moment that it is told, in milliseconds since 1970, and tells how that went: `lock-child.ts LOCK MARKER`. */
import { closeSync, openSync, rmSync } from 'node:fs';
import { withLock } from '../../../framework/util/lock';

const [lock = '', marker = ''] = process.argv.slice(2);

/** @returns false where another process is inside, too */
function isAlone(): Promise<boolean> {
  try {
    closeSync(openSync(marker, 'wx'));
  } catch {
    return Promise.resolve(false);
  }
  for (const until = performance.now() + 2; performance.now() < until;);
  rmSync(marker);
  return Promise.resolve(true);
}

const refuse = (): never => {
  throw new Error('held');
};

process.on('message', (moment: number) => {
  while (Date.now() < moment);
  void withLock(lock, new AbortController().signal, refuse, isAlone)
    .catch(() => 'refused')
    .then((outcome) => process.send?.(outcome));
});
process.send?.('ready');
