import { markOf } from '../config/declare/option';
import { UserError } from '../errors';
import type * as tf from '../tensorflow/tf';

/** How errors name a plugin: by its kind and option, `ImageDataset Stripes`, or by its class where it is no option. */
export function pluginName({ constructor }: object): string {
  const mark = markOf(constructor);
  return mark ? `${mark.kind.name} ${mark.name}` : constructor.name;
}

/**
 * The error for a plugin that returned something its kind does not allow.
 * @param subject what is wrong, such as `label of image 17`
 * @param got as it is to be shown
 */
export function contractError(plugin: object, subject: string, expected: string, got: unknown): UserError {
  return new UserError(`${pluginName(plugin)}: ${subject}: expected ${expected}, got ${shownGot(got)}.`, {
    hints: ['This is a bug in the plugin, or in the data it reads. docs/plugins.md has the contract of each kind.'],
  });
}

/** A value of the wrong type as an error shows it. */
function shownGot(got: unknown): string {
  if (typeof got === 'bigint') return `${got}n (a bigint)`;
  return typeof got === 'object' && got !== null ? typeNameOf(got) : String(got);
}

/** What a value is: `undefined`, `Float32Array`. */
export function typeNameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return (Object(value) as object).constructor.name;
}

/**
 * Checks the shape of a tensor that a plugin returned. Shapes are known when a step is traced, so that the check costs the step nothing.
 * @returns the tensor
 * @throws UserError where the shape is another
 */
export function checkShape<T extends tf.Tensor>(
  plugin: object,
  method: string,
  tensor: T,
  shape: readonly number[],
): T {
  const { shape: found } = tensor;
  if (found.length === shape.length && found.every((size, axis) => size === shape[axis])) return tensor;
  throw contractError(plugin, `${method}()`, `shape [${shape.join(', ')}]`, `[${found.join(', ')}]`);
}

/** Checks that an array has a length, and that each of its numbers is finite. @throws UserError naming the first that is not */
export function checkNumbers(plugin: object, method: string, numbers: ArrayLike<number>, length: number): void {
  if (!isList(numbers)) throw contractError(plugin, `${method}()`, `${length} numbers`, typeNameOf(numbers));
  if (numbers.length !== length) throw contractError(plugin, `${method}()`, `${length} numbers`, numbers.length);
  for (let i = 0; i < length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw contractError(plugin, `${method}(), number ${i}`, 'a finite number', numbers[i]);
  }
}

/** What a plugin in JavaScript returned may be anything. */
function isList(value: unknown): boolean {
  return typeof (value as ArrayLike<unknown> | undefined)?.length === 'number';
}
