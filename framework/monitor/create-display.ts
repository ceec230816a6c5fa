import { environmentVariable } from '../util/environment-variable';
import type { Display } from './display';
import { PlainDisplay } from './plain-display';
import { TerminalDisplay } from './terminal-display';

/** Bars on a terminal; plain lines in a pipe, a file or CI. */
export function createDisplay(stream: NodeJS.WriteStream): Display {
  const animated = stream.isTTY && environmentVariable('CI') === undefined && process.env['TERM'] !== 'dumb';
  return animated ? new TerminalDisplay(stream) : new PlainDisplay(stream);
}
