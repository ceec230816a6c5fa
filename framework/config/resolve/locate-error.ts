import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../../errors';
import type { Class } from '../declare/declare';

/** Where the class of an option is declared. */
interface Declaration {
  readonly type: Class;
  /** Name of the file for display. */
  readonly file: string;
  /** Absolute path. */
  readonly path: string;
}

/** Runs a check of an option, and adds the line of its class to a UserError, if the plugin's file declares the class. */
export function locateErrors({ type, file, path }: Declaration, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const line = lineOf(type.name, path);
    if (line === 0) throw error;
    const { message, hints, exitCode } = error;
    throw new UserError(message, { hints: [...hints, `At ${file}:${line}`], exitCode, cause: error });
  }
}

/** The line of a class in a file, counted from 1; 0 if it is not there. */
function lineOf(name: string, path: string): number {
  // An option of the program has no file of a plugin.
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.findIndex((line) => new RegExp(`\\bclass ${name}\\b`).test(line)) + 1;
}
