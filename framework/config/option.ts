import 'reflect-metadata';
import { injectable } from 'inversify';
import type { Class, Kind, Plain } from './declare';

/** What `@option` says of a class. */
export interface OptionMark {
  readonly kind: Kind;
  readonly name: string;
  readonly settings: Class | undefined;
}

const MARK = 'explab:option';

/**
 * Names a class as an option of a kind. The decorator only marks the class; the registry finds marked classes among what a
 * plugin's file exports, so there is no list to edit and no global table.
 * @param settings the option's own settings, injected into its constructor
 */
export function option<T>(kind: Kind<T>, name: string, settings?: new () => object) {
  return (type: new (...args: never[]) => T): void => {
    injectable()(type as never);
    const mark: OptionMark = { kind: kind, name, settings: settings };
    Reflect.defineMetadata(MARK, mark, type);
  };
}

/** The mark of a class, or nothing where it has none of its own. */
export function markOf(type: object): OptionMark | undefined {
  return Reflect.getOwnMetadata(MARK, type) as OptionMark | undefined;
}

/** Values that a settings class takes together when some of its fields have given values: labml's aggregate. */
export class Preset {
  constructor(
    readonly settings: Class,
    readonly when: Readonly<Record<string, Plain>>,
    readonly values: Readonly<Record<string, Plain>>,
  ) {}
}

/**
 * Declares a preset; a plugin or experiment exports it. Keys may be dotted: `'model.channels'`.
 *
 *     export const digits = preset(DiffuseConfigs, { dataset: 'Digits' }, { imageSize: 8, 'model.channels': 32 });
 */
export function preset(
  settings: new () => object,
  when: Readonly<Record<string, Plain>>,
  values: Readonly<Record<string, Plain>>,
): Preset {
  return new Preset(settings, when, values);
}
