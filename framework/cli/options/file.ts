import { expandHome } from '../../util/expand-home';

/** An option that names a file or folder; given several times, the last counts. */
export const FILE_OPTION = {
  type: 'string',
  coerce: (given: string | readonly string[]): string =>
    expandHome(typeof given === 'string' ? given : (given.at(-1) ?? '')),
} as const;

/** The same for an option that takes several. */
export const FILES_OPTION = {
  type: 'string',
  array: true,
  coerce: (given: readonly string[]): string[] => given.map(expandHome),
} as const;
