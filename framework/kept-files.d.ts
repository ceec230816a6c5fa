/** Folder of what is kept; undefined if there is none that is private. */
export const keptFolder: string | undefined;

/**
 * Returns what was made of the same inputs before, or makes and keeps it.
 * @param inputs all that the text depends on
 * @param extension of the file, with its dot
 */
export function kept(inputs: readonly string[], extension: string, make: () => string): string;
