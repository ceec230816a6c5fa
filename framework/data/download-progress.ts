import { thousands } from '../util/format';

/** Interval of progress lines, as for progress bars in a log. */
const LOG_INTERVAL_SECONDS = 15;

/**
 * Logs the progress of a download at intervals.
 * @param clock seconds since an arbitrary time
 */
export function progressLines(
  write: (line: string) => void = (line) => console.error(line),
  clock: () => number = () => performance.now() / 1000,
): (received: number, file: { readonly name: string; readonly size: number }) => void {
  let last = { time: clock(), received: 0 };
  return (received, { name, size }) => {
    const time = clock();
    const seconds = time - last.time;
    if (seconds < LOG_INTERVAL_SECONDS) return;
    const speed = thousands(Math.round(Math.max(0, received - last.received) / seconds));
    write(`${name}: ${thousands(received)} of ${thousands(size)} bytes, ${speed} bytes/s`);
    last = { time, received };
  };
}
