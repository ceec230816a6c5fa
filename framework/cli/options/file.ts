import { expandHome } from '../../util/expand-home';

/** An option that names a file or folder; given several times, the last counts. */
export const FILE_OPTION = {
  type: 'string',
  coerce: (paths: string | readonly string[]): string =>
    expandHome(typeof paths === 'string' ? paths : (paths.at(-1) ?? '')),
} as const;

/** The same for an option that takes several. */
export const FILES_OPTION = {
  type: 'string',
  array: true,
  coerce: (paths: readonly string[]): string[] => paths.map(expandHome),
} as const;
