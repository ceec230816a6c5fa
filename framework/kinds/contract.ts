import { markOf } from '../config/declare/option';
import { UserError } from '../errors';
import type * as tf from '../tensorflow/tf';

/** Name of a plugin in errors: its kind and option, `Optimizer SGD`, or its class if it is not an option. */
export function pluginName({ constructor }: object): string {
  const mark = markOf(constructor);
  return mark ? `${mark.kind.name} ${mark.name}` : constructor.name;
}

/**
 * Error for a plugin that violates the contract of its kind.
 * @param subject what is wrong, such as `label of example 17`
 * @param got actual value
 */
export function contractError(plugin: object, subject: string, expected: string, got: unknown): UserError {
  return new UserError(`${pluginName(plugin)}: ${subject}: expected ${expected}, got ${formatActual(got)}.`, {
    hints: ['This is a bug in the plugin, or in the data it reads. docs/plugins.md has the contract of each kind.'],
  });
}

/** Text of an invalid value. */
function formatActual(got: unknown): string {
  if (typeof got === 'bigint') return `${got}n (a bigint)`;
  return typeof got === 'object' && got !== null ? typeNameOf(got) : String(got);
}

/** Type name of a value: `undefined`, `Float32Array`. */
export function typeNameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return (Object(value) as object).constructor.name;
}

/**
 * Checks the shape of a tensor that a plugin returned. Shapes are known when a step is traced, so the check adds no cost to the step.
 * @returns the tensor
 * @throws UserError if the shape differs
 */
export function checkShape<T extends tf.Tensor>(
  plugin: object,
  method: string,
  tensor: T,
  shape: readonly number[],
): T {
  const { shape: actual } = tensor;
  if (actual.length === shape.length && actual.every((size, axis) => size === shape[axis])) return tensor;
  throw contractError(plugin, `${method}()`, `shape [${shape.join(', ')}]`, `[${actual.join(', ')}]`);
}

/** Checks the length of an array, and that its numbers are finite. @throws UserError naming the first invalid one */
export function checkNumbers(plugin: object, method: string, numbers: ArrayLike<number>, length: number): void {
  if (!isList(numbers)) throw contractError(plugin, `${method}()`, `${length} numbers`, typeNameOf(numbers));
  if (numbers.length !== length) throw contractError(plugin, `${method}()`, `${length} numbers`, numbers.length);
  for (let i = 0; i < length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw contractError(plugin, `${method}(), number ${i}`, 'a finite number', numbers[i]);
  }
}

/** A plugin in JavaScript may return any type. */
function isList(value: unknown): boolean {
  return typeof (value as ArrayLike<unknown> | undefined)?.length === 'number';
}
