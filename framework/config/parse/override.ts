import { ExitCode, UserError } from '../../errors';
import { truncate } from '../resolve/validate';
import { referencesIn } from './parse-text';

/** A setting as somebody gave it: `dataset.root=photos`. It is plain data, so that a run's record can keep it. */
export interface Override {
  readonly key: string;
  readonly text: string;
  /** Adds to a list or map, or removes from it, instead of setting. */
  readonly action?: 'add' | 'remove';
  /** It stands for a map of a file, whose entries come after it; only a setting that is a map is set by it. */
  readonly isMap?: true;
  readonly origin: Extract<Origin, 'environment' | 'file' | 'command line'>;
  /** Where it stands, so that "Set ..." is a sentence: "on the command line, 1st of 3 settings". */
  readonly location: string;
  /** The environment variables that the text refers to, as they were when it was read. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const HOW = 'A setting is key=value or slot.key=value, without spaces: epochs=100 dataset.root=photos';

/**
 * Reads settings of the form `key=value` from the command line; `+key=value` adds to a list or map, `~key=value` takes away.
 * @throws UserError naming the word that is none
 */
export function parseOverrides(args: readonly string[], environment: Environment = process.env): Override[] {
  return args.map((word, index) =>
    parseSetting(word, {
      origin: 'command line',
      location: `on the command line, ${ordinal(index + 1)} of ${args.length} settings`,
      environment,
    }),
  );
}

/** The environment variable that holds settings. */
export const SETTINGS_VARIABLE = 'EXPLAB_SET';

/**
 * Reads the settings in the environment variable EXPLAB_SET: words as on the command line, between spaces; quotes keep spaces.
 * @throws UserError naming the word that is none
 */
export function environmentOverrides(environment: Environment = process.env): Override[] {
  const args = (environment[SETTINGS_VARIABLE] ?? '').match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return args.map((word, index) =>
    parseSetting(word, {
      origin: 'environment',
      location: `by the environment variable ${SETTINGS_VARIABLE}, ${ordinal(index + 1)} of ${args.length} settings`,
      environment,
    }),
  );
}

/** Where a setting was found. */
interface Finding extends Pick<Override, 'origin' | 'location'> {
  readonly environment: Environment;
}

function parseSetting(word: string, finding: Finding): Override {
  const [, sign, key, text] = /^([+~]?)([^=]+)=(.*)$/s.exec(word) ?? /^(~)([^=]+)()$/s.exec(word) ?? [];
  if (sign === undefined || key === undefined || text === undefined) {
    const hints = [HOW, `It stands ${finding.location}.`];
    throw new UserError(`"${truncate(word)}" is not a setting.`, { hints, exitCode: ExitCode.usage });
  }
  return override(sign + key, text, finding);
}

/** @param signed the key, with `+` or `~` before it where something is added or taken away */
export function override(signed: string, text: string, { environment, ...found }: Finding): Override {
  const action = { '+': 'add', '~': 'remove' }[signed[0] ?? ''] as Override['action'];
  const variables = variablesIn(text, environment);
  return {
    key: action ? signed.slice(1) : signed,
    text,
    ...(action && { action }),
    ...found,
    ...(Object.keys(variables).length > 0 && { variables }),
  };
}

function variablesIn(text: string, environment: Environment): Record<string, string> {
  const names = referencesIn(text).flatMap((name) => (name.startsWith('env:') ? [name.slice('env:'.length)] : []));
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = environment[name];
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/** The setting as it was typed. */
export function typed({ key, text, action }: Override): string {
  const sign = action === undefined ? '' : action === 'add' ? '+' : '~';
  return action === 'remove' && text === '' ? `${sign}${key}` : `${sign}${key}=${text}`;
}

function ordinal(n: number): string {
  const suffix = new Map([
    [1, 'st'],
    [2, 'nd'],
    [3, 'rd'],
  ]).get(n % 100 > 10 && n % 100 < 14 ? 0 : n % 10);
  return `${n}${suffix ?? 'th'}`;
}

/**
 * Where a value came from, the weakest first; the stronger wins. A class's default; what follows from other settings, by `computed` or
 * handed down by the experiment; a preset; the variable EXPLAB_SET; a file of `--config`; the command line.
 */
export const ORIGINS = ['default', 'computed', 'preset', 'environment', 'file', 'command line'] as const;

export type Origin = (typeof ORIGINS)[number];

/** Positive where `one` is stronger than `other`. */
export const compareStrength = (one: Origin, other: Origin): number => ORIGINS.indexOf(one) - ORIGINS.indexOf(other);
