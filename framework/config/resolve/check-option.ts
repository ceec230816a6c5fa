import { UserError, messageOf } from '../../errors';
import { type Class, GroupField, isField } from '../declare/declare';
import type { OptionMark } from '../declare/option';
import { checkMethods } from './check-methods';

/**
 * Checks a class that `@option` marks, so that a mistake is reported when it is registered instead of when a run fails.
 * @throws UserError saying what to correct
 */
export function checkOption(mark: OptionMark, type: Class): void {
  const { kind, name, settings } = mark;
  if (!(type.prototype instanceof kind)) {
    throw new UserError(`${type.name} is registered as the ${kind.name} "${name}", but does not extend ${kind.name}.`);
  }
  if (name.trim() === '') {
    throw new UserError(`${type.name} is registered under an empty name.`, {
      hints: [`Name it: @option(${kind.name}, '${type.name}', ...)`],
    });
  }
  checkMethods(mark, type);
  if (settings) checkSettings(settings);
}

function checkSettings(type: Class): void {
  if (type.length > 0) {
    throw new UserError(`${type.name} is no settings class: its constructor has arguments.`, {
      hints: ["Settings come before services: @option(Kind, 'Name', Settings, Run), or undefined if there are none."],
    });
  }
  for (const [field, declared] of Object.entries(instanceOf(type)) as [string, unknown][]) {
    if (declared instanceof GroupField) checkSettings(declared.settings);
    if (isField(declared) || typeof declared === 'function') continue;
    const example = declared === undefined ? `optional('number')` : `value(${JSON.stringify(declared)})`;
    throw new UserError(
      `${type.name}.${field} is not a setting: declare it by value, slot, computed or group: ${field} = ${example};`,
    );
  }
}

function instanceOf(type: Class): object {
  try {
    return new type();
  } catch (error) {
    throw new UserError(`The settings ${type.name} cannot be created: ${messageOf(error)}`, { cause: error });
  }
}
