/** Value of an environment variable; an empty one counts as unset, as in most programs. */
export function environmentVariable(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}
