import 'reflect-metadata';
import { inject, injectFromBase, injectable } from 'inversify';
import { UserError } from '../../errors';
import type { Class, Kind } from './declare';
import type { Data, Plain } from './shape';

/** Metadata that `@option` attaches to a class. */
export interface OptionMark {
  readonly kind: Kind;
  readonly name: string;
  readonly settings: Class | undefined;
}

const METADATA_KEY = 'explab:option';

/**
 * Declares a class as an option of a kind. The decorator only marks the class; the registry finds marked classes among the exports of
 * a plugin's file, so there is no list to edit and no global table. A class that extends an option without declaring a constructor
 * inherits its injection.
 *
 *     @option(Schedule, 'Flat', FlatSettings)           // constructor(settings: FlatSettings)
 *     @option(Callback, 'Stop', StopSettings, Run)      // constructor(settings: StopSettings, run: Run)
 *
 * @param settings the option's settings class, which is the constructor's first argument; undefined if it has none
 * @param services classes of the constructor's further arguments: `Run`, `Monitor`, `RunFolder`. Arguments may be marked by `@inject` instead
 * @throws UserError if the constructor has an argument that is neither
 */
export function option<T>(kind: Kind<T>, name: string, settings?: new () => object, ...services: Class[]) {
  return (type: new (...args: never[]) => T): void => {
    injectable()(type as never);
    if (type.length === 0 && markOf(Object.getPrototypeOf(type) as object)) {
      injectFromBase({ extendConstructorArguments: true })(type as never);
    } else {
      const classes = settings === undefined ? services : [settings, ...services];
      injectArguments(type as unknown as Class, classes, `@option(${kind.name}, '${name}', Settings, ...)`);
    }
    const mark: OptionMark = { kind, name, settings };
    Reflect.defineMetadata(METADATA_KEY, mark, type);
  };
}

/** What inversify records of the arguments of a constructor. */
const INJECTIONS = '@inversifyjs/core/classMetadataReflectKey';

/** Injects classes in the order of the constructor's arguments, except where `@inject` names another. */
function injectArguments(type: Class, classes: readonly Class[], decorator: string): void {
  // Arguments with defaults do not count in a class's length.
  const count = Math.max(argumentCount(type), classes.length);
  for (let index = 0; index < count; index += 1) {
    if (isInjected(type, index)) continue;
    const [argument] = classes.slice(index);
    if (argument === undefined) {
      throw new UserError(
        `The constructor of ${type.name} has an argument without a class, its argument ${index + 1}: name the class in ${decorator}.`,
      );
    }
    inject(argument)(type, undefined, index);
  }
}

/** Number of arguments of the constructor, which the class may inherit. */
function argumentCount(type: Class): number {
  const base = Object.getPrototypeOf(type) as Class;
  const isInherited = base !== Function.prototype && !/\bconstructor\s*\(/.test(String(type));
  return isInherited ? argumentCount(base) : type.length;
}

function isInjected(type: Class, index: number): boolean {
  const metadata = Reflect.getOwnMetadata(INJECTIONS, type) as { constructorArguments: unknown[] } | undefined;
  return metadata?.constructorArguments[index] !== undefined;
}

/** The mark of a class; undefined if it has none of its own. Inherited marks do not count. */
export function markOf(type: object): OptionMark | undefined {
  return Reflect.getOwnMetadata(METADATA_KEY, type) as OptionMark | undefined;
}

/** Values for the fields of a settings class: option names for slots; dotted keys for the settings of an option. */
export type PresetValues<S> = {
  readonly [K in keyof S & string]?: S[K] extends Plain ? S[K] : string | readonly string[];
} & Readonly<Record<`${string}.${string}`, Plain>>;

/** Field values under which a preset applies automatically. */
export type PresetConditions<S> = {
  readonly [K in keyof S & string]?: S[K] extends Plain ? S[K] : string | readonly string[];
};

/** Values for several settings of a class, applied by name or when some of its fields have given values (labml's aggregate). */
export class Preset {
  constructor(
    readonly settings: Class,
    readonly when: string | Readonly<Record<string, unknown>>,
    readonly values: Readonly<Record<string, Data | undefined>>,
  ) {}

  /** Name to select it by; undefined if it applies automatically. */
  get name(): string | undefined {
    return typeof this.when === 'string' ? this.when : undefined;
  }
}

/**
 * Declares a preset; a plugin or experiment exports it. Keys may be dotted: `'model.channels'`.
 *
 *     export const small = preset(RegressSettings, { dataset: 'Small' }, { epochs: 20, 'model.hidden': [32] });
 *     export const smoke = preset(RegressSettings, 'smoke', { epochs: 1, maxSteps: 4 });      // chosen by preset=smoke
 *
 * @param when field values under which it applies automatically, or the name to select it by
 */
export function preset<S extends object>(
  settings: new () => S,
  when: string | PresetConditions<S>,
  values: PresetValues<S>,
): Preset {
  return new Preset(settings, when, values);
}
