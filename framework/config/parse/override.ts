import { ExitCode, UserError } from '../../errors';
import { truncate } from '../resolve/validate';
import { referencesIn } from './parse-value';
import type { RawValue } from './raw-value';

/** A setting given by the user: `dataset.root=photos`. */
export interface Override {
  readonly key: string;
  /** The value in command-line syntax. */
  readonly text: string;
  /** The value as parsed from a file; undefined if the text is what the user wrote. */
  readonly raw?: RawValue;
  /** Adds to or removes from a list or map instead of setting it. */
  readonly action?: 'add' | 'remove';
  /** Marks a map in a file, followed by its entries; applied only to settings that are maps. */
  readonly isMap?: true;
  readonly origin: Extract<Origin, 'project' | 'environment' | 'file' | 'command line' | 'program'>;
  /** Location, worded to follow "Set": "on the command line (setting 1 of 3)". */
  readonly location: string;
  /** Values of the environment variables that the text refers to, when it was read. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SYNTAX_HINT = 'Expected key=value or slot.key=value, without spaces: epochs=100 dataset.root=photos';

/**
 * Parses `key=value` arguments; `+key=value` adds to a list or map, `~key=value` removes from it.
 * @throws UserError naming the argument that is not a setting
 */
export function parseOverrides(args: readonly string[], environment: Environment = process.env): Override[] {
  return args.map((arg, index) =>
    parseSetting(arg, {
      origin: 'command line',
      location: `on the command line${positionOf(index, args)}`,
      environment,
    }),
  );
}

/** Environment variable with settings. */
export const SETTINGS_VARIABLE = 'EXPLAB_SET';

/**
 * Parses the settings in the environment variable EXPLAB_SET: arguments as on the command line, separated by spaces unless quoted.
 * @throws UserError naming the argument that is not a setting
 */
export function environmentOverrides(environment: Environment = process.env): Override[] {
  const args = (environment[SETTINGS_VARIABLE] ?? '').match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return args.map((arg, index) =>
    parseSetting(arg, {
      origin: 'environment',
      location: `by the environment variable ${SETTINGS_VARIABLE}${positionOf(index, args)}`,
      environment,
    }),
  );
}

/** Source of a setting. */
interface OverrideSource extends Pick<Override, 'origin' | 'location'> {
  readonly environment: Environment;
}

function parseSetting(arg: string, source: OverrideSource): Override {
  const [, sign, key, text] = /^([+~]?)([^=]+)=(.*)$/s.exec(arg) ?? /^(~)([^=]+)()$/s.exec(arg) ?? [];
  if (sign === undefined || key === undefined || text === undefined) {
    const hints = [SYNTAX_HINT, `Given ${source.location}.`];
    throw new UserError(`"${truncate(arg)}" is not a setting.`, { hints, exitCode: ExitCode.usage });
  }
  return createOverride(sign + key, text, source);
}

/** An override without what JSON cannot hold; its text says the same. */
export function plainOverride({ raw: _, ...override }: Override): Override {
  return override;
}

/** @param signed the key, prefixed with `+` to add or `~` to remove */
export function createOverride(signed: string, text: string, { environment, ...source }: OverrideSource): Override {
  const action = { '+': 'add', '~': 'remove' }[signed[0] ?? ''] as Override['action'];
  const variables = variablesIn(text, environment);
  return {
    key: action ? signed.slice(1) : signed,
    text,
    ...(action && { action }),
    ...source,
    ...(Object.keys(variables).length > 0 && { variables }),
  };
}

function variablesIn(text: string, environment: Environment): Record<string, string> {
  const names = referencesIn(text).flatMap((name) => (name.startsWith('env:') ? [name.slice('env:'.length)] : []));
  return Object.fromEntries(
    names.flatMap((name) => {
      const content = environment[name];
      return content === undefined ? [] : [[name, content]];
    }),
  );
}

/** The setting in command-line syntax. */
export function formatOverride({ key, text, action }: Override): string {
  const sign = action === undefined ? '' : action === 'add' ? '+' : '~';
  return action === 'remove' && text === '' ? `${sign}${key}` : `${sign}${key}=${text}`;
}

/** Position of a setting among several. */
function positionOf(index: number, args: readonly string[]): string {
  return args.length === 1 ? '' : ` (setting ${index + 1} of ${args.length})`;
}

/**
 * Origins of a value, in order of increasing precedence: the class's default; a value computed from other settings or passed down by the
 * experiment; a preset; the project's defaults; the variable EXPLAB_SET; a `--config` file; the command line; a program that calls `run`.
 */
export const ORIGINS = [
  ...(['default', 'computed', 'preset', 'project'] as const),
  ...(['environment', 'file', 'command line', 'program'] as const),
] as const;

export type Origin = (typeof ORIGINS)[number];

/** Positive if `one` takes precedence over `other`. */
export const comparePrecedence = (one: Origin, other: Origin): number => ORIGINS.indexOf(one) - ORIGINS.indexOf(other);

/** Adds changes to overrides. Those of an option are dropped if a change removes it, or chooses the options of its slot anew. */
export function withChanges(overrides: readonly Override[], changes: readonly Override[]): Override[] {
  const dropped = changes.flatMap(({ key, text, action }) => {
    if (action === 'add') return [];
    return action === 'remove' ? [`${key}.${text}.`] : [`${key}.`];
  });
  const isReplaced = ({ key }: Override) => dropped.some((prefix) => key.startsWith(prefix));
  return [...overrides.filter((each) => !isReplaced(each)), ...changes];
}
