import yargs, { type Arguments, type Argv, type CommandModule } from 'yargs';
import { ExitCode, messageOf } from '../errors';
import { domainCommands } from './domain-commands';
import { cache } from './commands/cache';
import { compareRecipe } from './commands/compare-recipe';
import { completion } from './commands/completion';
import { doctor } from './commands/doctor';
import { evaluate } from './commands/evaluate';
import { explain } from './commands/explain';
import { exportCommand } from './commands/export';
import { exportWeights } from './commands/export-weights';
import { importWeights } from './commands/import-weights';
import { init } from './commands/init';
import { list } from './commands/list';
import { mpiexec } from './commands/mpiexec';
import { newCommand } from './commands/new';
import { plugins } from './commands/plugins';
import { recordRecipe } from './commands/record-recipe';
import { rerun } from './commands/rerun';
import { resume } from './commands/resume';
import { run } from './commands/run';
import { runs } from './commands/runs';
import { sample } from './commands/sample';
import { schema } from './commands/schema';
import { setup } from './commands/setup';
import { summary } from './commands/summary';
import { sweep, SWEEP_FORM } from './commands/sweep';
import { tensorboard } from './commands/tensorboard';
import { tune } from './commands/tune';
import { END_OF_OPTIONS, protectArguments, unprotect } from './options/end-of-options';
import { keepLastValues } from './options/repeated';
import { reportError } from './output/report-error';
import { makeConsoleSafe } from './output/safe-console';
import { VERSION } from '../util/own-package';
import { type ParsedCommand, parseFailure } from './parse-failure';

const ENGINE_COMMANDS = [
  run,
  resume,
  rerun,
  runs,
  tune,
  sweep,
  sample,
  evaluate,
  compareRecipe,
  recordRecipe,
  exportCommand,
  exportWeights,
  importWeights,
  list,
  plugins,
  newCommand,
  init,
  explain,
  summary,
  schema,
  tensorboard,
  cache,
  mpiexec,
  setup,
  doctor,
  completion,
] as unknown as CommandModule[];

const allCommands = () => [...ENGINE_COMMANDS, ...domainCommands()];

/** The command line of `exp`. Commands import their dependencies when they run, so that help is printed at once. */
export async function main(argv: readonly string[]): Promise<void> {
  makeConsoleSafe();
  process.stdout.on('error', onOutputError);
  try {
    if (!(await printCompletions(argv))) await createParser(separateMpiexecArgs(argv)).parseAsync();
  } catch (error) {
    process.exitCode = reportError(error, argv.includes('--debug'));
  }
}

/** Passes all arguments after `exp mpiexec`, including options, to that program. */
function separateMpiexecArgs(argv: readonly string[]): readonly string[] {
  const [command, first, ...others] = argv;
  const isForMpiexec = command === 'mpiexec' && first !== undefined && !['--', '--help', '-h'].includes(first);
  return isForMpiexec ? [command, '--', first, ...others] : argv;
}

/** Handles errors of standard output, except during training, which has its own listener and continues without output. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (process.stdout.listenerCount('error') > 1) return;
  // A reader that stops early, as in `exp list | head`, is not an error.
  if (error.code === 'EPIPE') process.exit(ExitCode.ok);
  console.error(`Cannot write to standard output: ${messageOf(error)}`);
  process.exitCode ??= ExitCode.failed;
}

/** Flag with which the completion scripts pass the command line; yargs completes commands and their options. */
const COMPLETION_FLAG = '--get-yargs-completions';

/** Prints completions from the registry, if it has any. @returns false if yargs must complete */
async function printCompletions([flag, , ...line]: readonly string[]): Promise<boolean> {
  if (flag !== COMPLETION_FLAG) return false;
  const { complete } = await import('./completion');
  const forms = [SWEEP_FORM, ...allCommands().map(({ command }) => String(command))];
  const completions = complete(line, forms);
  if (completions) console.log(completions.join('\n'));
  return completions !== undefined;
}

/**
 * Restores protected arguments, and keeps the last value of a repeated option.
 * @param parser passed by yargs, though missing in its types
 */
function normalizeArguments(args: Arguments, parser?: Argv): void {
  for (const [name, value] of Object.entries(keepLastValues(args, parser))) args[name] = unprotect(value);
}

/** The command being parsed, by a method that is missing in the types of yargs. */
function commandOf(parser: Argv): ParsedCommand {
  const internals = parser as unknown as { getInternalMethods(): { getContext(): ParsedCommand } };
  return internals.getInternalMethods().getContext();
}

function createParser(argv: readonly string[]) {
  const parser = yargs(argv[0] === COMPLETION_FLAG ? [...argv] : protectArguments(argv));
  return parser
    .scriptName('exp')
    .usage('$0 <command>\n\nMachine-learning experiments in TypeScript, on TensorFlow.')
    .command(allCommands())
    .option('debug', { type: 'boolean', describe: 'Show stack traces', global: true })
    .option(END_OF_OPTIONS, { type: 'boolean', hidden: true, global: true })
    .middleware(normalizeArguments)
    .version(VERSION)
    .demandCommand(1, 'No command given. For example: exp list')
    .strict()
    .parserConfiguration({ 'dot-notation': false, 'parse-positional-numbers': false })
    .recommendCommands()
    .alias('help', 'h')
    .epilogue('docs/cli.md describes every command, its options and exit codes.')
    .wrap(100)
    .fail((message: string | null, error: Error | undefined) => {
      if (error && error.name !== 'YError') throw error;
      throw parseFailure(String(unprotect(message ?? 'Invalid command.')), argv, commandOf(parser));
    });
}
