import { format } from 'node:util';
import { printable } from '../../util/printable';

/**
 * Lets everything that commands and plugins print pass through `printable`: notes, names and errors come from files of others, and must
 * not control the terminal. What controls it on purpose, such as a chart's colours, is written to the stream.
 */
export function makeConsoleSafe(): void {
  for (const name of ['log', 'info', 'warn', 'error'] as const) {
    const print = console[name].bind(console);
    console[name] = (...values: unknown[]) => print(printable(format(...values)));
  }
}
