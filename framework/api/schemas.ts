import * as v from 'valibot';
import { Preset } from '../config/declare/option';
import { RUN_ID as VALID_ID, isReserved, isRunName } from '../run/run-name';
import { isCondition } from '../run/listing/condition';
import { thousands } from '../util/format';

/** What functions of the API accept, by the name of the argument or option. */

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isFunction = (value: unknown) => typeof value === 'function';

/** A schema of any values for which `accepts` holds. */
const custom = (accepts: (value: unknown) => boolean, expected: string) => v.custom<unknown>(accepts, expected);

const text = (expected: string) => v.pipe(v.string(expected), v.nonEmpty(expected));

const listOf = (item: v.GenericSchema, expected: string) => v.array(item, expected);

/** An integer in a range. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): v.GenericSchema {
  const limit = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${thousands(max)}`;
  const isInRange = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return custom(isInRange, `an integer ${limit}`);
}

export const RUN = text('the ID, name or folder of a run, or "latest"');

export const EXPERIMENT_NAME = text('the name of an experiment');

export const EXPERIMENT = custom(
  (value) => isFunction(value) || (typeof value === 'string' && value !== ''),
  'the name or the class of an experiment',
);

export const SETTINGS = custom(
  (value) => isObject(value) && !Array.isArray(value),
  'an object of settings, such as { epochs: 3 }',
);

export const FOLDER = text('the path of a folder');

export const PLUGINS = listOf(
  custom((value) => isFunction(value) || value instanceof Preset, 'a class decorated with @option, or a preset'),
  'a list of classes and presets',
);

export const MONITOR = custom(
  (value) => isObject(value) && 'write' in value && isFunction(value.write),
  'an object with a function write(text), such as process.stderr',
);

export const SIGNAL = custom(
  (value) => value instanceof AbortSignal,
  'an AbortSignal, such as the signal of an AbortController',
);

export const CALLBACK = custom(isFunction, 'a function');

export const RUN_NAME = custom(
  (value) => typeof value === 'string' && isRunName(value),
  'a letter, then at most 63 letters, digits, ".", "_" and "-", and no reserved name',
);

export const RUN_ID = custom(
  (value) => typeof value === 'string' && VALID_ID.test(value) && !isReserved(value),
  '1 to 100 letters, digits, ".", "_" and "-", and no reserved name',
);

export const CONDITIONS = listOf(
  custom((value) => typeof value === 'string' && isCondition(value), 'a condition, such as "loss<0.1"'),
  'a list of conditions, such as ["optimizer=Adam", "loss<0.1"]',
);

export const FIELD = text('the name of a field, setting or metric');

export const FLAG = v.boolean('true or false');

export const NAMES = listOf(text('a name'), 'a list of names');

export const INDICES = (max: number) => listOf(integer(0, max), 'a list of indices');
