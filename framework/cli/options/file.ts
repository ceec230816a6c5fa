import { expandHome } from '../../util/expand-home';

/** Option for a file or folder; if repeated, the last one applies. */
export const FILE_OPTION = {
  type: 'string',
  coerce: (paths: string | readonly string[]): string =>
    expandHome(typeof paths === 'string' ? paths : (paths.at(-1) ?? '')),
} as const;

/** Option for several files or folders. */
export const FILES_OPTION = {
  type: 'string',
  array: true,
  coerce: (paths: readonly string[]): string[] => paths.map(expandHome),
} as const;
