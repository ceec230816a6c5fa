import { type TableArtifact, tableArtifact } from '../artifacts/table';
import { formatTable, thousands } from '../util/format';
import type { Module } from './module';
import type { OutputShapes } from './output-shapes';

/** A parameter, with its name in its module. */
export interface ParameterSummary {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A module with the parameters that belong to none of the modules in it. */
export interface ModuleSummary {
  /** `model.layers.0`: the model, and the path in it. */
  readonly name: string;
  readonly class: string;
  /** Shape of its output, if it is known. */
  readonly output?: readonly number[];
  readonly parameters: readonly ParameterSummary[];
  /** Number of values of these parameters. */
  readonly count: number;
}

/** The modules of all models. */
export interface ModelSummary {
  readonly modules: readonly ModuleSummary[];
  /** Number of values of all parameters. */
  readonly count: number;
  /** Memory of the parameters. */
  readonly bytes: number;
}

/** Summarizes models by their names. @param shapes of the modules' outputs, if they are known */
export function summarizeModels(
  models: Readonly<Record<string, Module>>,
  shapes: OutputShapes = new Map(),
): ModelSummary {
  const modules = Object.entries(models).flatMap(([name, model]) => modulesOf(name, model, shapes));
  const count = modules.reduce((sum, module) => sum + module.count, 0);
  return { modules, count, bytes: count * Float32Array.BYTES_PER_ELEMENT };
}

/** A row for each module; with a column for the outputs if their shapes are known. */
export function tableOf({ modules }: ModelSummary): TableArtifact {
  const hasOutputs = modules.some(({ output }) => output);
  const rows = modules.map(({ name, class: type, output, parameters, count }) => {
    const shape = output ? `[${output.join()}]` : '';
    return [name, type, ...(hasOutputs ? [shape] : []), shapesOf(parameters), count];
  });
  return tableArtifact(['module', 'class', ...(hasOutputs ? ['output'] : []), 'shapes', 'parameters'], rows);
}

/** The number of parameters and their memory, for people: `35,713,795 parameters, 143 MB`. */
export function describeSize({ count, bytes }: Pick<ModelSummary, 'count' | 'bytes'>): string {
  return `${thousands(count)} parameters, ${(bytes / 1e6).toPrecision(3)} MB`;
}

/** The lines of a table for people, and the totals. */
export function linesOf(summary: ModelSummary): string[] {
  const { columns, rows } = tableOf(summary);
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? thousands(cell) : cell) || '-'));
  return [...formatTable(columns, cells), describeSize(summary)];
}

function modulesOf(root: string, model: Module, shapes: OutputShapes): ModuleSummary[] {
  const modules = [...model.modules(root)];
  const names = modules.map(([name]) => name);
  const parameters = [...model.parameters(`${root}.`)];
  const owners = new Map(parameters.map(([parameter]) => [parameter, ownerOf(parameter, names)]));
  return modules.map(([name, module]) => {
    const own = parameters.filter(([parameter]) => owners.get(parameter) === name);
    const count = own.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const inModule = own.map(([path, { shape }]) => ({ name: path.slice(name.length + 1), shape }));
    const output = shapes.get(module);
    return { name, class: module.constructor.name, ...(output && { output }), parameters: inModule, count };
  });
}

/** The innermost module that a parameter is in: the one with the longest name. */
function ownerOf(parameter: string, modules: readonly string[]): string {
  const holders = modules.filter((name) => parameter.startsWith(`${name}.`));
  return holders.reduce((longest, name) => (name.length > longest.length ? name : longest), '');
}

/** `weight [1,64], bias [64]` */
function shapesOf(parameters: readonly ParameterSummary[]): string {
  return parameters.map(({ name, shape }) => `${name} [${shape.join()}]`).join(', ');
}
