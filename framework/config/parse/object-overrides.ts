import { ExitCode, UserError } from '../../errors';
import { markOf } from '../declare/option';
import { OPTION, joinKey } from './config-file';
import { type Environment, type Override, createOverride } from './override';
import { type RawValue, serialize } from './raw-value';

/** Settings of a program, with nested or dotted keys, as in a config file: `{ dataset: 'CSV', 'model.channels': 32 }`. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Converts the settings of a program. A class stands for the option of its name; `undefined` for a setting that is not given.
 * @throws UserError naming a value that is no setting
 */
export function objectOverrides(settings: Settings, environment: Environment = process.env): Override[] {
  const make = (key: string, raw: RawValue): Override => {
    const text = key.startsWith('~') && serialize(raw) === 'null' ? '' : serialize(raw);
    return { ...createOverride(key, text, { origin: 'program', location: 'by the program', environment }), raw };
  };
  const read = (map: Settings, prefix: string): Override[] =>
    Object.entries(map).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const key = name === OPTION && prefix !== '' ? prefix.slice(0, -1) : joinKey(prefix, name);
      if (!isMap(value) || Object.keys(value).length === 0 || /^[+~]/.test(key)) return [make(key, rawOf(value, key))];
      return [{ ...make(key, new Map()), isMap: true }, ...read(value, `${key}.`)];
    });
  return read(settings, '');
}

function isMap(value: unknown): value is Settings {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function rawOf(value: unknown, key: string): RawValue {
  if (Array.isArray(value)) return value.map((item) => rawOf(item, key));
  if (isMap(value)) return new Map(Object.entries(value).map(([name, item]) => [name, rawOf(item, key)]));
  if (typeof value === 'string') return { text: value, quoted: true };
  if (value === null || typeof value === 'number' || typeof value === 'boolean')
    return { text: String(value), quoted: false };
  const name = typeof value === 'function' ? markOf(value)?.name : undefined;
  if (name !== undefined) return { text: name, quoted: true };
  throw new UserError(`${key}: expected a number, string, boolean, list or map, got ${typeNameOf(value)}.`, {
    hints: ['Set by the program.'],
    exitCode: ExitCode.usage,
  });
}

function typeNameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `an object of the class ${value.constructor.name}`;
}
