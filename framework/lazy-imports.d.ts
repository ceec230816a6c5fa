/**
 * The imports of a file that are loaded when they are first used, as they are written.
 * @param code TypeScript
 * @param filename absolute path
 */
export function lazyImports(code: string, filename: string): string[];
