/**
 * Sets environment variables for each test of the `describe` that it is called in; afterwards they are as they were.
 * @returns sets some; one that is undefined is taken away
 */
export function environment(): (variables: Readonly<Record<string, string | undefined>>) => void {
  const before: NodeJS.ProcessEnv = { ...process.env };
  const names = new Set<string>();
  const put = (name: string, value: string | undefined): void => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  afterEach(() => {
    for (const name of names) put(name, before[name]);
    names.clear();
  });
  return (variables) => {
    for (const [name, value] of Object.entries(variables)) {
      names.add(name);
      put(name, value);
    }
  };
}
