import type { Random } from '../random/random';
import { Buffer } from './buffer';
import { nameOperations } from './name-operations';
import { ModuleVariable } from './module-variable';
import { Parameter } from './parameter';

/**
 * A part of a network: its properties hold parameters, buffers and other modules, singly or in arrays, maps, sets or plain objects, but
 * not in #private fields, which are invisible. A parameter's name is the path of properties to it, in PyTorch's snake case:
 * `down.0.res.time_emb.weight`. What is held twice counts once, under the first path.
 */
export abstract class Module {
  /** The parameters by name, in the order of the properties. */
  *parameters(prefix = ''): Generator<[name: string, parameter: Parameter]> {
    for (const [path, part] of partsOf(this, [])) if (part instanceof Parameter) yield [prefix + path.join('.'), part];
  }

  /** The buffers, likewise. */
  *buffers(prefix = ''): Generator<[name: string, buffer: Buffer]> {
    for (const [path, part] of partsOf(this, [])) if (part instanceof Buffer) yield [prefix + path.join('.'), part];
  }

  /** This module, named by the prefix, and all modules in it by name. */
  *modules(prefix = ''): Generator<[name: string, module: Module]> {
    for (const [path, part] of partsOf(this, [prefix].filter(Boolean)))
      if (part instanceof Module) yield [path.join('.'), part];
  }

  /**
   * Initializes every parameter and buffer, and names the graph operations of the modules' methods.
   * @param random each draws from the stream of its name
   */
  initialize(random: Random): void {
    for (const [name, variable] of [...this.parameters(), ...this.buffers()]) variable.initialize(name, random);
    for (const [name, module] of this.modules(this.constructor.name)) nameOperations(module, name, Module);
  }

  /** Number of trainable values. */
  get parameterCount(): number {
    return [...this.parameters()].reduce((count, [, { shape }]) => count + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** Frees the tensors of parameters and buffers. */
  dispose(): void {
    for (const [, variable] of [...this.parameters(), ...this.buffers()]) variable.dispose();
  }
}

/** The modules, parameters and buffers that a value is or holds, with their paths, each once. @param seen what has been visited */
function* partsOf(
  held: unknown,
  path: readonly string[],
  seen = new Set<unknown>(),
): Generator<[path: readonly string[], part: Module | ModuleVariable]> {
  if (seen.has(held)) return;
  seen.add(held);
  if (held instanceof Module || held instanceof ModuleVariable) yield [path, held];
  for (const [key, item] of itemsOf(held)) yield* partsOf(item, [...path, key], seen);
}

/** What a module or a collection holds, by the names in its path. */
function itemsOf(held: unknown): (readonly [string, unknown])[] {
  if (Array.isArray(held)) return held.map((item: unknown, index) => [String(index), item]);
  if (held instanceof Set) return [...held].map((item, index) => [String(index), item]);
  if (held instanceof Map) return [...held].map(([key, item]) => [String(key), item]);
  if (held instanceof Module || isPlainObject(held))
    return Object.entries(held).map(([property, item]) => [snakeCase(property), item]);
  return [];
}

function isPlainObject(held: unknown): held is object {
  return typeof held === 'object' && held !== null && Object.getPrototypeOf(held) === Object.prototype;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
