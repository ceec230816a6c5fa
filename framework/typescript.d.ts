/** Compiles TypeScript to JavaScript for Node. */
export function compile(code: string, filename: string): string;

/** The JavaScript of a TypeScript file, as it is loaded. */
export function compiledFile(filename: string): string;
