/** The value of an environment variable; one that is empty counts as unset, as for most programs. */
export function environmentVariable(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}
