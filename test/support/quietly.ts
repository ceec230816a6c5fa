/** Keeps what is told on stderr by console.error during each test of the `describe` that it is called in. @returns what was told */
export function quietly(): string[] {
  const output: string[] = [];
  const tell = console.error;
  beforeEach(() => {
    output.length = 0;
    console.error = (...args: unknown[]): number => output.push(args.join(' '));
  });
  afterEach(() => {
    console.error = tell;
  });
  return output;
}
