import type { CommandContext } from './command-context';

/** Public API for the commands of domains: what they may import from `explab/cli`. It loads fast, so that help is printed at once. */
export type { Command } from './command';
export { type OutputArguments, samplingRequest, withOutputOptions } from './options/sampling';
export { displayPath } from '../run/runs-folder';

/** Loads all plugins. @param quiet prints progress to standard error @throws UserError as `createContext` */
export async function loadContext(quiet: boolean): Promise<CommandContext> {
  const { createContext } = await import('./command-context');
  return createContext(quiet);
}
