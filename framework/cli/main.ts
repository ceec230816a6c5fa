import yargs, { type CommandModule } from 'yargs';
import { version } from '../../package.json';
import { ExitCode, UserError } from '../errors';
import { doctor } from './commands/doctor';
import { explain } from './commands/explain';
import { list } from './commands/list';
import { resume } from './commands/resume';
import { run } from './commands/run';
import { sample } from './commands/sample';
import { setup } from './commands/setup';
import { sweep } from './commands/sweep';
import { tensorboard } from './commands/tensorboard';
import { tune } from './commands/tune';
import { report } from './report';

const COMMANDS = [
  run,
  resume,
  tune,
  sweep,
  sample,
  list,
  explain,
  tensorboard,
  setup,
  doctor,
] as unknown as CommandModule[];

/** The command line of `exp`. Commands load what they need when they run, so that help comes at once. */
export async function main(words: readonly string[]): Promise<void> {
  // A reader that has enough, as in `exp list | head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.ok);
    throw error;
  });
  try {
    await parser(words).parseAsync();
  } catch (error) {
    process.exitCode = report(error, words.includes('--debug'));
  }
}

/** Errors of a command pass; what yargs finds wrong with the words becomes one of ours. */
function complain(message: string | null, error: Error | undefined): never {
  if (error && error.name !== 'YError') throw error;
  throw new UserError(message ?? 'That command is not understood.', {
    hints: ['See exp --help'],
    exitCode: ExitCode.usage,
  });
}

function parser(words: readonly string[]) {
  return yargs([...words])
    .scriptName('exp')
    .usage('$0 <command>\n\nMachine-learning experiments in TypeScript, on TensorFlow.')
    .command(COMMANDS)
    .option('debug', { type: 'boolean', describe: 'Show stack traces', global: true })
    .version(version)
    .demandCommand(1, 'Say what to do; for example: exp run diffuse')
    .strict()
    .parserConfiguration({ 'dot-notation': false, 'parse-positional-numbers': false })
    .recommendCommands()
    .alias('help', 'h')
    .epilogue('docs/cli.md describes every command, its options and exit codes.')
    .wrap(100)
    .fail(complain);
}
