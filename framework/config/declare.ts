import type { Newable } from 'inversify';

/**
 * What a settings class is made of. Each field is declared by a call whose TypeScript type is what the reader of the resolved
 * config gets, so that no cast is needed where a setting is used:
 *
 *     class FolderSettings {
 *       root = value('data/celeba');                 // string
 *       imageSize = value(32, { integer: true });    // number
 *       schedule = slot(NoiseSchedule, 'Linear');    // NoiseSchedule
 *     }
 */

/** An abstract class that options implement: `ImageDataset`, `Optimizer`, ... */
export type Kind<T = unknown> = abstract new (...args: never[]) => T;

/** A class that can be made. */
export type Class<T = object> = Newable<T>;

export type Scalar = number | string | boolean;
export type Plain = Scalar | readonly Scalar[] | undefined;

/** Limits of a value; a list's limits hold for each of its items. */
export interface Rules {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly choices?: readonly Scalar[];
  /** The fewest items of a list. */
  readonly minItems?: number;
  /** Whether it may be changed while a run goes on, by `exp tune`: then it is read where it is used, each time. */
  readonly dynamic?: boolean;
}

/** Settings that an experiment hands down to whichever option fills a slot; taken where the option has a field of that name. */
export type Given = Readonly<Record<string, () => unknown>>;

export class ValueField {
  constructor(
    readonly initial: Plain,
    readonly type: 'number' | 'string' | 'boolean',
    readonly rules: Rules,
    readonly optional = false,
  ) {}

  get isList(): boolean {
    return Array.isArray(this.initial);
  }
}

export class SlotField {
  constructor(
    readonly kind: Kind,
    readonly initial: string,
    readonly given: Given,
  ) {}
}

export class SlotsField {
  constructor(
    readonly kind: Kind,
    readonly initial: readonly string[],
  ) {}
}

export class GroupField {
  constructor(readonly settings: Class) {}
}

export type Field = ValueField | SlotField | SlotsField | GroupField;

/** A number, text, flag or list of these. Its default says its type. */
export function value(initial: number, rules?: Rules): number;
export function value(initial: boolean): boolean;
export function value<T extends string>(initial: T, rules: { choices: readonly T[] }): T;
export function value(initial: string): string;
export function value(initial: readonly number[], rules?: Rules): readonly number[];
export function value(initial: readonly boolean[], rules?: Rules): readonly boolean[];
export function value(initial: readonly string[], rules?: Rules): readonly string[];
export function value(initial: Exclude<Plain, undefined>, rules: Rules = {}): unknown {
  const sample = Array.isArray(initial) ? (initial as readonly Scalar[])[0] : initial;
  return new ValueField(initial, typeof sample as 'number' | 'string' | 'boolean', rules);
}

/** A value that may be left out, and is then `undefined`. */
export function optional(type: 'number', rules?: Rules): number | undefined;
export function optional(type: 'string', rules?: Rules): string | undefined;
export function optional(type: 'number' | 'string', rules: Rules = {}): unknown {
  return new ValueField(undefined, type, rules, true);
}

/**
 * A place for one option of a kind.
 * @param initial the option's name unless another is chosen
 * @param given settings handed down to the option, weaker than what a preset or the user sets
 */
export function slot<T>(kind: Kind<T>, initial: string, given: Given = {}): T {
  return new SlotField(kind, initial, given) as T;
}

/** A place for several options of a kind, each at most once. */
export function slots<T>(kind: Kind<T>, initial: readonly string[]): readonly T[] {
  return new SlotsField(kind, initial) as unknown as readonly T[];
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
  return [ValueField, SlotField, SlotsField, GroupField].some((type) => candidate instanceof type);
}
