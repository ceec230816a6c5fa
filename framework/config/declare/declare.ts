import type { Newable } from 'inversify';
import { type Data, type Of, type Plain, type Scalar, type Shape, type Widened, shapeOf } from './shape';

/**
 * What a settings class is made of. Each field is declared by a call whose TypeScript type is what the reader of the resolved
 * config gets, so that no cast is needed where a setting is used:
 *
 *     class FolderSettings {
 *       root = value('data/celeba', { path: true });               // string
 *       imageSize = value(32, { integer: true, unit: 'pixels' });  // number
 *       schedule = slot(NoiseSchedule, 'Linear');                  // NoiseSchedule
 *       area = computed(() => this.imageSize ** 2);                // number
 *     }
 */

/** An abstract class that options implement: `ImageDataset`, `Optimizer`, ... */
export type Kind<T = unknown> = abstract new (...args: never[]) => T;

/** A class that can be made. */
export type Class<T = object> = Newable<T>;

/** What a setting is for. */
export interface Marks {
  /** `hyperparameter`: it changes what is learnt. `meta`: it changes only how the work is done or shown. */
  readonly role?: 'hyperparameter' | 'meta';
}

/** Limits of a value, and what is told of it; a list's or map's limits hold for each of its items. */
export interface Rules extends Marks {
  readonly min?: number;
  readonly max?: number;
  /** Limits that are not allowed themselves. */
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
  readonly choices?: readonly Scalar[];
  /** Whether a text is the path of a file or folder: `~/` at its beginning is then the user's home folder. */
  readonly path?: boolean;
  /** The fewest items of a list or map. */
  readonly minItems?: number;
  /** Whether it may be changed while a run goes on, by `exp tune`: then it is read where it is used, each time. */
  readonly dynamic?: boolean;
  /** What a number counts or measures: 'pixels', 'steps', 'seconds'. */
  readonly unit?: string;
}

/** Settings that an experiment hands down to whichever option fills a slot; taken where the option has a field of that name. */
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
  /** @param shape what it may be set to instead; without one it cannot be set */
  constructor(
    readonly compute: () => unknown,
    readonly shape: Shape | undefined,
    readonly rules: Rules,
  ) {}
}

export class SlotField {
  /** @param initial an option's name, or what gives the object unless an option is chosen; nothing where it may be left out */
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
  constructor(readonly settings: Class) {}
}

export type Field = ValueField | ComputedField | SlotField | SlotsField | GroupField;

/** A text with choices has their type, by an overload of its own. */
type RulesFor<T> = T extends string | readonly string[] ? Rules & { readonly choices?: never } : Rules;

/**
 * A number, text or flag, or a list or map of these to any depth. Its default says its type; an empty one is told it:
 * `value([], { type: ['number'] })`.
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
 * A value or an option that may be left out, and is then `undefined`: `optional('number')`, `optional(['number'])` for a list,
 * `optional({ each: 'number' })` for a map, `optional(NoiseSchedule)` for a slot.
 */
export function optional<const S extends Shape>(type: S, rules?: Rules): Of<S> | undefined;
export function optional<T>(kind: Kind<T>, defaults?: Defaults, marks?: Marks): T | undefined;
export function optional(type: Shape | Kind, about: Rules | Defaults = {}, marks: Marks = {}): unknown {
  return typeof type === 'function'
    ? new SlotField(type, undefined, about as Defaults, marks)
    : new ValueField(undefined, type, about, true);
}

/**
 * What follows from other settings: computed when it is first read, and once. With a `type` it may also be set, like a value:
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
 * A place for one option of a kind.
 * @param initial the option's name unless another is chosen; or a function that gives the object, so that one option can fill several
 *   slots: `test = slot(ImageDataset, () => this.images.test)`
 * @param defaults settings handed down to the option, weaker than what a preset or the user sets
 */
export function slot<T>(kind: Kind<T>, initial: string | (() => T), defaults: Defaults = {}, marks: Marks = {}): T {
  return new SlotField(kind, initial, defaults, marks) as T;
}

/** A place for several options of a kind, each at most once. */
export function slots<T>(kind: Kind<T>, initial: readonly string[], marks: Marks = {}): readonly T[] {
  return new SlotsField(kind, initial, marks) as unknown as readonly T[];
}

/** Settings within settings. */
export function group<T extends object>(settings: new () => T): T {
  return new GroupField(settings) as T;
}

/** The declared fields of an instance of a settings class, in the order of the class, a base class's first. */
export function fieldsOf(settings: object): [string, Field][] {
  return Object.entries(settings).filter((entry): entry is [string, Field] => isField(entry[1]));
}

function isField(candidate: unknown): candidate is Field {
  return [ValueField, ComputedField, SlotField, SlotsField, GroupField].some((type) => candidate instanceof type);
}
