import type { Module } from './module';
import type { Parameter } from './parameter';

/** All parameters of models: by their names in a single model, and otherwise with the model's name, as `generator.layers.0.weight`. */
export function parametersByName(models: Readonly<Record<string, Module>>): ReadonlyMap<string, Parameter> {
  const all = Object.entries(models);
  return new Map(all.flatMap(([name, model]) => [...model.parameters(all.length > 1 ? `${name}.` : '')]));
}
