/** Compiles TypeScript to JavaScript for Node. */
export function compile(code: string, filename: string): string;
