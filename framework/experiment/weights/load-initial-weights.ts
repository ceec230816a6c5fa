import type { Checkpoint } from '../../checkpoint/checkpoint';
import { DEFAULT_MODEL, averagePartOf, checkModelPart } from '../../checkpoint/model-parts';
import type { NamedArray } from '../../checkpoint/safetensors';
import { type SavedVariable, assignVariables, differencesBetween, modelMismatch } from '../../checkpoint/variables';
import { UserError } from '../../errors';
import type { Engine } from '../../tensorflow/engine';
import { didYouMean } from '../../util/nearest';
import type { InitialWeightsSettings } from './initial-weights-settings';

/** A model to give weights to. */
interface Target {
  readonly part: string;
  readonly weights: readonly SavedVariable[];
  readonly engine: Engine;
}

/**
 * Assigns the weights of a checkpoint to a model.
 * @returns the number of arrays that were assigned, and the names of the model's other ones
 * @throws UserError listing every difference in names and shapes; nothing is assigned then
 */
export async function loadInitialWeights(
  checkpoint: Checkpoint,
  { part, into, strict }: InitialWeightsSettings,
  target: Target,
): Promise<{ assigned: number; others: string[] }> {
  const variables = variablesOf(target.weights, into);
  const arrays = await checkpoint.read(inferencePartOf(checkpoint, part, target.part));
  const common = strict ? { variables, arrays } : inBoth(variables, arrays);
  const label = `The checkpoint of step ${checkpoint.manifest.position.step}`;
  check(label, common, strict);
  await assignVariables(target.engine, common.variables, common.arrays, label);
  const assigned = new Set(common.variables.map(({ variable }) => variable));
  const others = target.weights.filter(({ variable }) => !assigned.has(variable)).map(({ name }) => name);
  return { assigned: assigned.size, others };
}

/** Name of the part to read: an average if there is one. */
function inferencePartOf(checkpoint: Checkpoint, part: string | undefined, same: string): string {
  const source = part ?? (checkpoint.has(same) ? same : DEFAULT_MODEL);
  checkModelPart(source, checkpoint.parts, 'initialWeights.part=');
  const average = averagePartOf(source);
  return checkpoint.has(average) ? average : source;
}

/** The variables of a module, by their names within it. */
function variablesOf(weights: readonly SavedVariable[], module: string | undefined): readonly SavedVariable[] {
  if (module === undefined) return weights;
  const prefix = `${module}.`;
  const inside = weights.filter(({ name }) => name.startsWith(prefix));
  if (inside.length > 0) return inside.map((each) => ({ ...each, name: each.name.slice(prefix.length) }));
  const modules = [...new Set(weights.map(({ name }) => name.split('.')[0] ?? ''))];
  throw new UserError(`initialWeights.into=${module}: the model has no module of that name with parameters.`, {
    hints: [didYouMean(module, modules, 'Modules')],
  });
}

interface Weights {
  readonly variables: readonly SavedVariable[];
  readonly arrays: readonly NamedArray[];
}

function inBoth(variables: readonly SavedVariable[], arrays: readonly NamedArray[]): Weights {
  const [model, file] = [variables, arrays].map((each) => new Set(each.map(({ name }) => name)));
  return {
    variables: variables.filter(({ name }) => file?.has(name)),
    arrays: arrays.filter(({ name }) => model?.has(name)),
  };
}

function check(label: string, { variables, arrays }: Weights, strict: boolean): void {
  if (variables.length === 0) throw new UserError(`${label} has no weights with names of the model.`);
  const differences = differencesBetween(variables, arrays);
  if (differences.length === 0) return;
  const hint = 'To load the weights that both have: initialWeights.strict=false';
  throw modelMismatch(label, [...differences, ...(strict ? [hint] : [])]);
}
