import { format } from 'node:util';
import { printable } from '../../util/printable';

/**
 * Filters everything that commands and plugins print through `printable`: notes, names and errors may come from files of others, and
 * must not control the terminal. Intentional control sequences, such as a chart's colours, are written to the stream directly.
 */
export function makeConsoleSafe(): void {
  for (const name of ['log', 'info', 'warn', 'error'] as const) {
    const print = console[name].bind(console);
    console[name] = (...values: unknown[]) => print(printable(format(...values)));
  }
}
