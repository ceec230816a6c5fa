import { spawnSync } from 'node:child_process';

/** Ends this process with a word, before anything is measured, where a Python has not what it is to be measured by. */
export function needModules(python: string, ...modules: readonly string[]): void {
  const missing = missingModule(python, ...modules);
  if (missing === undefined) return;
  console.error(`--python ${python}: ${missing}. It needs ${modules.join(' and ')}.`);
  process.exit(1);
}

/** @returns what Python says of a module that it has not; undefined if it has all */
export function missingModule(python: string, ...modules: readonly string[]): string | undefined {
  const { error, stderr } = spawnSync(python, ['-c', `import ${modules.join()}`], { encoding: 'utf8' });
  return error?.message ?? /^ModuleNotFoundError: (.*)$/m.exec(stderr)?.[1];
}
