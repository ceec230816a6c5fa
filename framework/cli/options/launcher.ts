import { ExitCode, UserError } from '../../errors';

/** Settings as they were typed, those of the launcher apart: `launcher.nodes=4`. */
export interface SplitOverrides {
  readonly settings: string[];
  readonly launcher: string[];
}

export function splitLauncherOverrides(args: readonly string[]): SplitOverrides {
  const isLaunchers = (word: string) => /^[+~]?launcher\./.test(word);
  return { settings: args.filter((word) => !isLaunchers(word)), launcher: args.filter(isLaunchers) };
}

/** @throws UserError where settings of a launcher are given, and none is chosen */
export function rejectLauncherOverrides([word]: readonly string[]): void {
  if (word === undefined) return;
  throw new UserError(`${word} is a launcher setting, but no launcher is chosen.`, {
    hints: ['Choose one: --launcher slurm. exp list Launcher shows them.'],
    exitCode: ExitCode.usage,
  });
}

/** The option that chooses a launcher. */
export const LAUNCHER = {
  type: 'string',
  requiresArg: true,
  describe: 'Launcher to submit to, such as slurm; configure it by launcher.nodes=4 and the like',
} as const;
