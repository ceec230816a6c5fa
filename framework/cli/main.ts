import yargs, { type Arguments, type Argv, type CommandModule } from 'yargs';
import { version } from '../../package.json';
import { ExitCode, UserError, messageOf } from '../errors';
import { animate } from './commands/animate';
import { compareRecipe } from './commands/compare-recipe';
import { completion } from './commands/completion';
import { doctor } from './commands/doctor';
import { evaluate } from './commands/evaluate';
import { explain } from './commands/explain';
import { exportCommand } from './commands/export';
import { exportWeights } from './commands/export-weights';
import { importWeights } from './commands/import-weights';
import { interpolate } from './commands/interpolate';
import { list } from './commands/list';
import { mpiexec } from './commands/mpiexec';
import { recordRecipe } from './commands/record-recipe';
import { rerun } from './commands/rerun';
import { resume } from './commands/resume';
import { run } from './commands/run';
import { runs } from './commands/runs';
import { sample } from './commands/sample';
import { schema } from './commands/schema';
import { setup } from './commands/setup';
import { SWEEP_FORM, sweep } from './commands/sweep';
import { tensorboard } from './commands/tensorboard';
import { tune } from './commands/tune';
import { END_OF_OPTIONS, protectedWords, unprotected } from './options/end-of-options';
import { lastOfRepeated } from './options/repeated';
import { reportError } from './output/report-error';
import { makeConsoleSafe } from './output/safe-console';

const COMMANDS = [
  run,
  resume,
  rerun,
  runs,
  tune,
  sweep,
  sample,
  animate,
  interpolate,
  evaluate,
  compareRecipe,
  recordRecipe,
  exportCommand,
  exportWeights,
  importWeights,
  list,
  explain,
  schema,
  tensorboard,
  mpiexec,
  setup,
  doctor,
  completion,
] as unknown as CommandModule[];

/** The command line of `exp`. Commands load what they need when they run, so that help comes at once. */
export async function main(argv: readonly string[]): Promise<void> {
  makeConsoleSafe();
  process.stdout.on('error', onOutputError);
  try {
    if (!(await isCompleted(argv))) await parser(forMpiexec(argv)).parseAsync();
  } catch (error) {
    process.exitCode = reportError(error, argv.includes('--debug'));
  }
}

/** What follows `exp mpiexec` is for that program, options too. */
function forMpiexec(argv: readonly string[]): readonly string[] {
  const [command, first, ...others] = argv;
  const isTheirs = command === 'mpiexec' && first !== undefined && !['--', '--help', '-h'].includes(first);
  return isTheirs ? [command, '--', first, ...others] : argv;
}

/** Training continues without its output, and listens itself. Of any other command the output is the result. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (process.stdout.listenerCount('error') > 1) return;
  // A reader that has enough, as in `exp list | head`, is no error.
  if (error.code === 'EPIPE') process.exit(ExitCode.ok);
  console.error(`Cannot write to standard output: ${messageOf(error)}`);
  process.exitCode ??= ExitCode.failed;
}

/** What a shell's script asks with, the words of the line after it; yargs answers it for commands and their options. */
const COMPLETION_FLAG = '--get-yargs-completions';

/** Tells what the last word may go on as, where the registry knows. @returns whether it does */
async function isCompleted([wanted, , ...line]: readonly string[]): Promise<boolean> {
  if (wanted !== COMPLETION_FLAG) return false;
  const { complete } = await import('./completion');
  const forms = [SWEEP_FORM, ...COMMANDS.map(({ command }) => String(command))];
  const found = complete(line, forms);
  if (found) console.log(found.join('\n'));
  return found !== undefined;
}

/** Errors of a command pass; what yargs finds wrong with the words becomes one of ours. */
function onParseFailure(message: string | null, error: Error | undefined): never {
  if (error && error.name !== 'YError') throw error;
  throw new UserError((unprotected(message) as string | null) ?? 'Invalid command.', {
    hints: ['See exp --help'],
    exitCode: ExitCode.usage,
  });
}

/**
 * Gives a command its words as they were typed, and of an option that was given several times the last value.
 * @param parser yargs passes it, though its types do not say so
 */
function tidy(args: Arguments, parser?: Argv): void {
  for (const [name, value] of Object.entries(lastOfRepeated(args, parser))) args[name] = unprotected(value);
}

function parser(argv: readonly string[]) {
  return yargs(argv[0] === COMPLETION_FLAG ? [...argv] : protectedWords(argv))
    .scriptName('exp')
    .usage('$0 <command>\n\nMachine-learning experiments in TypeScript, on TensorFlow.')
    .command(COMMANDS)
    .option('debug', { type: 'boolean', describe: 'Show stack traces', global: true })
    .option(END_OF_OPTIONS, { type: 'boolean', hidden: true, global: true })
    .middleware(tidy)
    .version(version)
    .demandCommand(1, 'No command given. For example: exp run diffuse')
    .strict()
    .parserConfiguration({ 'dot-notation': false, 'parse-positional-numbers': false })
    .recommendCommands()
    .alias('help', 'h')
    .epilogue('docs/cli.md describes every command, its options and exit codes.')
    .wrap(100)
    .fail(onParseFailure);
}
