import { thousands } from '../util/format';

/** Seconds between two lines: those of a bar in a log. */
const QUIET_SECONDS = 15;

/**
 * Tells how far a download is, in a line from time to time.
 * @param clock seconds since whenever
 */
export function progressLines(
  write: (line: string) => void = (line) => console.error(line),
  clock: () => number = () => performance.now() / 1000,
): (received: number, file: { readonly name: string; readonly size: number }) => void {
  let last = { time: clock(), received: 0 };
  return (received, { name, size }) => {
    const time = clock();
    const seconds = time - last.time;
    if (seconds < QUIET_SECONDS) return;
    const speed = thousands(Math.round(Math.max(0, received - last.received) / seconds));
    write(`${name}: ${thousands(received)} of ${thousands(size)} bytes, ${speed} bytes/s`);
    last = { time, received };
  };
}
