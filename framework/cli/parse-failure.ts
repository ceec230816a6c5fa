import { ExitCode, UserError } from '../errors';
import { SWEEP_FORM } from './commands/sweep';

/** The command that yargs was parsing. */
export interface ParsedCommand {
  /** Its names: `['runs', 'note']`. */
  readonly commands: readonly string[];
  /** The forms of each: `['runs', 'note <run> <text>']`. */
  readonly fullCommands: readonly string[];
}

/** Converts a parse error of yargs to a UserError that names arguments as the user writes them. */
export function parseFailure(message: string, argv: readonly string[], command: ParsedCommand): UserError {
  const { commands, fullCommands } = command;
  const form = commands.join() === 'sweep' ? SWEEP_FORM : (fullCommands.at(-1) ?? '');
  const [what, ...hints] = reword(message, argv, form);
  const help = `See ${['exp', ...commands, '--help'].join(' ')}`;
  return new UserError(what, { hints: [...hints, help], exitCode: ExitCode.usage });
}

/** @returns a message and hints */
function reword(message: string, argv: readonly string[], form: string): [what: string, ...hints: string[]] {
  const [, count] = /^Not enough non-option arguments: got (\d+)/.exec(message) ?? [];
  if (count !== undefined) return [missingArgument(form, Number(count))];
  const [, names] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (names !== undefined) return unknownArgument(names.split(', '), argv, form);
  const [, option] = /^Not enough arguments following: (.*)$/.exec(message) ?? [];
  if (option !== undefined) return [`--${option} requires a value.`];
  return message.startsWith('Did you mean') ? [unknownCommand(argv[0]), message] : [message];
}

function missingArgument(form: string, count: number): string {
  const required = form.match(/<[^>]+>/g) ?? [];
  return `Missing argument ${required[count] ?? ''}.`;
}

/** Reports the first of some unknown arguments. */
function unknownArgument(
  names: readonly string[],
  argv: readonly string[],
  form: string,
): [what: string, ...hints: string[]] {
  const index = argv.findIndex((arg) => names.includes(arg.replace(/^--?(?:no-)?([^-=][^=]*).*/s, '$1')));
  const arg = argv[index] ?? names[0] ?? '';
  if (form === '' && !arg.startsWith('-')) return [unknownCommand(arg)];
  if (!arg.startsWith('-') || isAfterEnd(argv, index)) return [`Unexpected argument "${arg}".`];
  const [option = '', value = valueAfter(argv, index)] = arg.split(/=(.*)/s);
  const setting = option.replace(/^-+(no-)?/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const hints = form.includes('[settings..]') ? [`For a setting: ${setting}=${value}`] : [];
  return [`Unknown option ${option}.`, ...hints];
}

const unknownCommand = (name: string | undefined) => `Unknown command "${name ?? ''}".`;

function valueAfter(argv: readonly string[], index: number): string {
  const next = argv[index + 1] ?? '-';
  return next.startsWith('-') ? 'VALUE' : next;
}

/** True after `--`, where an argument that begins with a dash is no option. */
const isAfterEnd = (argv: readonly string[], index: number) => argv.slice(0, index).includes('--');
