import type { Random } from '../random/random';
import { nameOperations } from './name-operations';
import { Parameter } from './parameter';

/**
 * A part of a network: its properties hold parameters and other modules, singly or in arrays. A parameter's name is the path of
 * properties to it, in PyTorch's snake case: `down.0.res.time_emb.weight`.
 */
export abstract class Module {
  /** The parameters by name, in the order of the properties. */
  *parameters(prefix = ''): Generator<[name: string, parameter: Parameter]> {
    for (const [property, held] of Object.entries(this)) yield* parametersIn(held, prefix + snakeCase(property));
  }

  /** This module, named by the prefix, and all modules in it by name. */
  *modules(prefix = ''): Generator<[name: string, module: Module]> {
    yield [prefix, this];
    for (const [property, held] of Object.entries(this)) {
      yield* modulesIn(held, [prefix, snakeCase(property)].filter(Boolean).join('.'));
    }
  }

  /**
   * Initializes every parameter, and names the graph operations of the modules' methods.
   * @param random each parameter draws from the stream of its name
   */
  initialize(random: Random): void {
    for (const [name, parameter] of this.parameters()) parameter.initialize(name, random);
    for (const [name, module] of this.modules(this.constructor.name)) nameOperations(module, name, Module);
  }

  /** Number of trainable values. */
  get parameterCount(): number {
    return [...this.parameters()].reduce((count, [, { shape }]) => count + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** Frees the parameters' tensors. */
  dispose(): void {
    for (const [, parameter] of this.parameters()) parameter.dispose();
  }
}

function* parametersIn(held: unknown, name: string): Generator<[string, Parameter]> {
  if (held instanceof Parameter) yield [name, held];
  if (held instanceof Module) yield* held.parameters(`${name}.`);
  if (Array.isArray(held)) for (const [index, item] of held.entries()) yield* parametersIn(item, `${name}.${index}`);
}

function* modulesIn(held: unknown, name: string): Generator<[string, Module]> {
  if (held instanceof Module) yield* held.modules(name);
  if (Array.isArray(held)) for (const [index, item] of held.entries()) yield* modulesIn(item, `${name}.${index}`);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
