import { environmentVariable } from '../util/environment-variable';
import { PlainDisplay } from './plain-display';
import { TerminalDisplay } from './terminal-display';

/** Where progress is shown. One bar at a time. */
export interface Display {
  /** A line that stays. */
  line(text: string): void;
  /** Begins a bar. */
  start(name: string, total: number): void;
  /** Moves the bar. @param note what stands beside it, such as the loss */
  update(done: number, note: string): void;
  /** Ends the bar. */
  stop(): void;
}

/** Bars on a terminal; plain lines in a pipe, a file or CI. */
export function displayFor(stream: NodeJS.WriteStream): Display {
  const animated = stream.isTTY && environmentVariable('CI') === undefined && process.env['TERM'] !== 'dumb';
  return animated ? new TerminalDisplay(stream) : new PlainDisplay(stream);
}
