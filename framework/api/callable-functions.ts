import { UserError } from '../errors';
import type { Engine, Program } from '../tensorflow/engine';
import { inputsOf, type SavedFunction, type SavedFunctions } from '../tensorflow/saved-function';
import * as tf from '../tensorflow/tf';
import { typeNameOf } from '../kinds/contract';
import { didYouMean } from '../util/nearest';

/** A number, or numbers in nested arrays. */
export type Numbers = number | readonly Numbers[] | Float32Array | Int32Array;

/** A function of a model, from named arrays to named arrays; examples are along the first axis. */
export type CallableFunction = (inputs: Readonly<Record<string, Numbers>>) => Promise<Record<string, Numbers>>;

export type CallableFunctions = Readonly<Record<string, CallableFunction>>;

/**
 * Makes functions of a model callable.
 * @param declare the functions for a batch size
 * @param use runs a call while the engine is open
 */
export function callableFunctions(
  declare: (count: number) => SavedFunctions,
  engine: Engine,
  use: <T>(call: () => Promise<T>) => Promise<T>,
): CallableFunctions {
  const [one, two] = [declare(1), declare(2)];
  const callable = Object.entries(one).map(([name, declared]) => {
    const programs = new Map<number, Program>();
    const call: CallableFunction = (inputs) =>
      use(async () => {
        const count = countOf(name, inputs, declared, two[name] ?? declared);
        const sized = declare(count)[name] ?? declared;
        const program = programs.get(count) ?? engine.program(name, sized.step);
        programs.set(count, program);
        return runProgram(program, toTensors(name, inputs, sized), sized.outputs);
      });
    return [name, call] as const;
  });
  return Object.fromEntries(callable);
}

/** The batch size: the length of an axis whose declared length is the batch size; 1 if there is none. @throws UserError for unknown inputs */
function countOf(name: string, inputs: object, one: SavedFunction, two: SavedFunction): number {
  const names = inputsOf(one).map(([input]) => input);
  const unknown = Object.keys(inputs).find((each) => !names.includes(each));
  if (unknown !== undefined)
    throw new UserError(`${name}: unknown input "${unknown}".`, { hints: [didYouMean(unknown, names, 'Inputs')] });
  const missing = names.find((each) => !(each in inputs));
  if (missing !== undefined) throw new UserError(`${name}: the input "${missing}" is missing.`);
  for (const [input, { shape }] of inputsOf(one)) {
    const axis = shape.findIndex((length, index) => length !== two.inputs[input]?.shape[index]);
    const actual = shapeOf((inputs as Readonly<Record<string, Numbers>>)[input]);
    if (axis >= 0 && actual[axis] !== undefined) return actual[axis];
  }
  return 1;
}

/** Shape of nested arrays, by the first item of each. */
function shapeOf(numbers: unknown): number[] {
  return isList(numbers) ? [numbers.length, ...shapeOf(numbers[0])] : [];
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

/** The numbers in nested arrays of a shape, in order. @throws UserError naming the entry that is something else */
function numbersIn(value: unknown, shape: readonly number[], name: string): number[] {
  const [length, ...inner] = shape;
  if (length === undefined) {
    if (typeof value === 'number' && !Number.isNaN(value)) return [value];
    throw new UserError(`${name}: expected a number, got ${Number.isNaN(value) ? 'NaN' : typeNameOf(value)}.`);
  }
  if (!isList(value) || value.length !== length) {
    const actual = isList(value) ? value.length : typeNameOf(value);
    throw new UserError(`${name}: expected an array of length ${length}, got ${actual}.`);
  }
  return Array.from(value).flatMap((item, index) => numbersIn(item, inner, `${name}[${index}]`));
}

function toTensors(name: string, inputs: Readonly<Record<string, Numbers>>, declared: SavedFunction): tf.Tensor[] {
  const checked = inputsOf(declared).map(([input, { shape, dtype }]) => {
    const numbers = inputs[input];
    const actual = shapeOf(numbers);
    if (actual.join() === shape.join())
      return { numbers: numbersIn(numbers, shape, `${name}: ${input}`), shape: [...shape], dtype };
    throw new UserError(`${name}: expected ${input} of shape [${shape.join(', ')}], got [${actual.join(', ')}].`);
  });
  return checked.map(({ numbers, shape, dtype }) => tf.tensor(numbers, shape, dtype));
}

async function runProgram(
  program: Program,
  inputs: tf.Tensor[],
  names: readonly string[],
): Promise<Record<string, Numbers>> {
  try {
    const outputs = await program.run(...inputs);
    try {
      const arrays = await Promise.all(outputs.map((output) => output.array() as Promise<Numbers>));
      return Object.fromEntries(names.map((name, index) => [name, arrays[index] ?? []]));
    } finally {
      tf.dispose(outputs);
    }
  } finally {
    tf.dispose(inputs);
  }
}
