import type { Newable } from 'inversify';
import { type Data, type Of, type Plain, type Scalar, type Shape, type Widened, shapeOf } from './shape';

/**
 * Field declarations of settings classes. The TypeScript type of each call is the type of the resolved value, so that settings are
 * used without casts:
 *
 *     class FolderSettings {
 *       root = value('data/prices', { path: true });            // string
 *       batchSize = value(32, { integer: true, unit: 'rows' });  // number
 *       schedule = slot(Schedule, 'Linear');                    // Schedule
 *       parts = computed(() => this.batchSize / 4);             // number
 *     }
 */

/** An abstract class that options implement: `Dataset`, `Optimizer`, ... */
export type Kind<T = unknown> = abstract new (...args: never[]) => T;

/** A class that can be instantiated. */
export type Class<T = object> = Newable<T>;

/** Purpose of a setting. */
export interface Marks {
  /** `hyperparameter`: affects what is learnt. `meta`: affects only how the work is done or displayed. */
  readonly role?: 'hyperparameter' | 'meta';
  /** Does not affect the trained model: can be overridden when it is used, by `exp sample` and other commands. */
  readonly sampling?: boolean;
}

/** Limits and description of a value. Those of a list or map apply to each item. */
export interface Rules extends Marks {
  readonly min?: number;
  readonly max?: number;
  /** Exclusive limits. */
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
  readonly choices?: readonly Scalar[];
  /** The text is the path of a file or folder; a leading `~/` is expanded to the user's home folder. */
  readonly path?: boolean;
  /** Minimum number of items of a list or map. */
  readonly minItems?: number;
  /** The value can be changed during a run, by `exp tune`, and is read each time it is used. */
  readonly dynamic?: boolean;
  /** Unit of a number: 'rows', 'steps', 'seconds'. */
  readonly unit?: string;
}

/** Defaults that an experiment passes to the option of a slot; those without a field of that name are ignored. */
export type Defaults = Readonly<Record<string, () => unknown>>;

export class ValueField {
  constructor(
    readonly initial: Plain,
    readonly shape: Shape,
    readonly rules: Rules,
    readonly optional = false,
  ) {}
}

export class ComputedField {
  /** @param shape type of the values that may be set instead; undefined if it cannot be set */
  constructor(
    readonly compute: () => unknown,
    readonly shape: Shape | undefined,
    readonly rules: Rules,
  ) {}
}

export class SlotField {
  /** @param initial name of the default option, or a function that returns the default object; undefined if the slot is optional */
  constructor(
    readonly kind: Kind,
    readonly initial: string | (() => unknown) | undefined,
    readonly defaults: Defaults,
    readonly rules: Marks,
  ) {}
}

export class SlotsField {
  constructor(
    readonly kind: Kind,
    readonly initial: readonly string[],
    readonly rules: Marks,
  ) {}
}

export class GroupField {
  constructor(
    readonly settings: Class,
    readonly rules: Marks,
  ) {}
}

export type Field = ValueField | ComputedField | SlotField | SlotsField | GroupField;

/** Excludes `choices` of a text: a separate overload gives it the type of its choices. */
type RulesFor<T> = T extends string | readonly string[] ? Rules & { readonly choices?: never } : Rules;

/**
 * A number, string or boolean, or a list or map of these to any depth. The type is inferred from the default; an empty list or map needs
 * it explicitly: `value([], { type: ['number'] })`.
 */
export function value<T extends string>(initial: NoInfer<T>, rules: Rules & { readonly choices: readonly T[] }): T;
export function value<T extends string>(
  initial: readonly NoInfer<T>[],
  rules: Rules & { readonly choices: readonly T[] },
): readonly T[];
export function value<const S extends Shape>(initial: Of<S>, rules: Rules & { readonly type: S }): Of<S>;
export function value<T extends Data>(initial: T, rules?: RulesFor<T>): Widened<T>;
export function value(initial: unknown, rules: Rules & { readonly type?: Shape } = {}): unknown {
  return new ValueField(initial as Data, rules.type ?? shapeOf(initial as Data), rules);
}

/**
 * An optional value or slot, `undefined` if not set: `optional('number')`, `optional(['number'])` for a list,
 * `optional({ each: 'number' })` for a map, `optional(Schedule)` for a slot.
 */
export function optional<const S extends Shape>(type: S, rules?: Rules): Of<S> | undefined;
export function optional<T>(kind: Kind<T>, defaults?: Defaults, marks?: Marks): T | undefined;
export function optional(type: Shape | Kind, rulesOrDefaults: Rules | Defaults = {}, marks: Marks = {}): unknown {
  return typeof type === 'function'
    ? new SlotField(type, undefined, rulesOrDefaults as Defaults, marks)
    : new ValueField(undefined, type, rulesOrDefaults, true);
}

/**
 * A value derived from other settings, computed once, when it is first read. With a `type` it can also be set, like a value:
 *
 *     stepsPerEpoch = computed(() => Math.ceil(this.dataset.count / this.batchSize));
 *     warmUp = computed(() => this.epochs / 10, { type: 'number', min: 0 });
 */
export function computed<const S extends Shape>(compute: () => Of<S>, rules: Rules & { readonly type: S }): Of<S>;
export function computed<T>(compute: () => T, rules?: Rules): T;
export function computed(compute: () => unknown, rules: Rules & { readonly type?: Shape } = {}): unknown {
  return new ComputedField(compute, rules.type, rules);
}

/**
 * A slot for one option of a kind.
 * @param initial name of the default option, or a function that returns the object, so that one option can fill several slots:
 *   `test = slot(Dataset, () => this.tables.test)`
 * @param defaults settings passed to the option, with lower precedence than presets and the user's settings
 */
export function slot<T>(kind: Kind<T>, initial: string | (() => T), defaults: Defaults = {}, marks: Marks = {}): T {
  return new SlotField(kind, initial, defaults, marks) as T;
}

/** A slot for several options of a kind, each at most once. */
export function slots<T>(kind: Kind<T>, initial: readonly string[], marks: Marks = {}): readonly T[] {
  return new SlotsField(kind, initial, marks) as unknown as readonly T[];
}

/** Nested settings. */
export function group<T extends object>(settings: new () => T, marks: Marks = {}): T {
  return new GroupField(settings, marks) as T;
}

/** The declared fields of an instance of a settings class, in declaration order, base classes first. */
export function fieldsOf(settings: object): [string, Field][] {
  return Object.entries(settings).filter((entry): entry is [string, Field] => isField(entry[1]));
}

/** Whether a field of a settings class is declared by `value`, `slot`, `computed` or `group`. */
export function isField(candidate: unknown): candidate is Field {
  return [ValueField, ComputedField, SlotField, SlotsField, GroupField].some((type) => candidate instanceof type);
}
