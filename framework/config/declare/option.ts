import 'reflect-metadata';
import { injectFromBase, injectable } from 'inversify';
import type { Class, Kind } from './declare';
import type { Data, Plain } from './shape';

/** What `@option` says of a class. */
export interface OptionMark {
  readonly kind: Kind;
  readonly name: string;
  readonly settings: Class | undefined;
}

const MARK = 'explab:option';

/**
 * Names a class as an option of a kind. The decorator only marks the class; the registry finds marked classes among what a
 * plugin's file exports, so there is no list to edit and no global table. A class that extends an option and has no constructor of its
 * own is made as that option is.
 * @param settings the option's own settings, injected into its constructor
 */
export function option<T>(kind: Kind<T>, name: string, settings?: new () => object) {
  return (type: new (...args: never[]) => T): void => {
    injectable()(type as never);
    if (type.length === 0 && markOf(Object.getPrototypeOf(type) as object)) {
      injectFromBase({ extendConstructorArguments: true })(type as never);
    }
    const mark: OptionMark = { kind: kind, name, settings: settings };
    Reflect.defineMetadata(MARK, mark, type);
  };
}

/** The mark of a class, or nothing where it has none of its own. */
export function markOf(type: object): OptionMark | undefined {
  return Reflect.getOwnMetadata(MARK, type) as OptionMark | undefined;
}

/** Values for the fields of a settings class: an option's name or names for a slot; dotted keys for the settings of an option. */
export type PresetValues<S> = {
  readonly [K in keyof S & string]?: S[K] extends Plain ? S[K] : string | readonly string[];
} & Readonly<Record<`${string}.${string}`, Plain>>;

/** Values of fields that a preset waits for. */
export type PresetConditions<S> = {
  readonly [K in keyof S & string]?: S[K] extends Plain ? S[K] : string | readonly string[];
};

/** Values that a settings class takes together: where some of its fields have given values (labml's aggregate), or by a name. */
export class Preset {
  constructor(
    readonly settings: Class,
    readonly when: string | Readonly<Record<string, unknown>>,
    readonly values: Readonly<Record<string, Data | undefined>>,
  ) {}

  /** What it is chosen by, unless it applies by itself. */
  get name(): string | undefined {
    return typeof this.when === 'string' ? this.when : undefined;
  }
}

/**
 * Declares a preset; a plugin or experiment exports it. Keys may be dotted: `'model.channels'`.
 *
 *     export const digits = preset(DiffuseSettings, { dataset: 'Digits' }, { imageSize: 8, 'model.channels': 32 });
 *     export const smoke = preset(DiffuseSettings, 'smoke', { epochs: 1, maxSteps: 4 });      // chosen by preset=smoke
 *
 * @param when the values of fields that it applies for by itself, or the name that it is chosen by
 */
export function preset<S extends object>(
  settings: new () => S,
  when: string | PresetConditions<S>,
  values: PresetValues<S>,
): Preset {
  return new Preset(settings, when, values);
}
