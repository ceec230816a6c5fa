import { ExitCode, UserError } from '../../errors';
import { commandName } from '../../util/command-name';

/** Command-line settings, separated into those of the experiment and those of the launcher: `launcher.nodes=4`. */
export interface SplitOverrides {
  readonly settings: string[];
  readonly launcher: string[];
}

export function splitLauncherOverrides(args: readonly string[]): SplitOverrides {
  const isLaunchers = (arg: string) => /^[+~]?launcher\./.test(arg);
  return { settings: args.filter((arg) => !isLaunchers(arg)), launcher: args.filter(isLaunchers) };
}

/** @throws UserError for settings of a launcher without a launcher */
export function rejectLauncherOverrides([arg]: readonly string[]): void {
  if (arg === undefined) return;
  throw new UserError(`${arg} is a launcher setting, but no launcher is selected.`, {
    hints: [`Select one with --launcher slurm, for example. List them: ${commandName()} list Launcher`],
    exitCode: ExitCode.usage,
  });
}

/** The option that chooses a launcher. */
export const LAUNCHER = {
  type: 'string',
  requiresArg: true,
  describe: 'Launcher, such as slurm; set its options with launcher.KEY=VALUE',
} as const;
