/**
 * Writes the graph of a case's training step, as it is before TensorFlow rewrites it, for measure_tensorflow.py to run:
 *
 *     node -r ./framework/typescript.js test/bench/dump-graph.ts NAME FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineFor, loadFor } from '../../framework/experiment/lifecycle/compute';
import { Random } from '../../framework/random/random';
import { type Output, type Pointer, bufferFrom, call } from '../../framework/tensorflow/graph/c-api';
import type { Graph } from '../../framework/tensorflow/graph/graph';
import type { Traced } from '../../framework/tensorflow/graph/trace';
import { loadedTensorFlow } from '../../framework/tensorflow/load';
import { CASES, createContainer } from './cases';
import { trainingStep } from './works';

const nameOf = (operation: Pointer): string => call<string>('TF_OperationName', operation);
const tensorName = ({ oper, index }: Output): string => `${nameOf(oper)}:${index}`;

async function main(): Promise<void> {
  const [name, folder = '.'] = process.argv.slice(2);
  const benchmark = CASES.find((each) => each.name === name && each.work === 'training step');
  if (!benchmark) throw new Error(`there is no training case ${name ?? ''}`);
  const { settings } = createContainer(benchmark, 'graph', { precision: 'float32', device: 'cpu' });
  await loadFor(settings);
  const engine = engineFor(settings);
  const { step, once } = trainingStep(settings, Random.fromSeed(1), engine);
  await once(1);
  const { graph } = engine as unknown as { graph: Graph };
  const { traces } = (step as unknown as { program: { traces: Map<string, Traced> } }).program;
  const [traced] = [...traces.values()];
  if (!traced) throw new Error('the step was not traced');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'graph.pb'), bufferFrom('TF_GraphToGraphDef', graph.pointer));
  const names = {
    kernels: loadedTensorFlow().kernels,
    inputs: traced.inputs.map(tensorName),
    outputs: traced.outputs.map(({ output }) => tensorName(output)),
    updates: traced.updates.map(nameOf),
  };
  writeFileSync(join(folder, 'names.json'), `${JSON.stringify(names)}\n`);
  engine.close();
}

void main();
