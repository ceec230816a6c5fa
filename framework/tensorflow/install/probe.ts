/** Child process of `smokeTest`: loads the addon of its first argument, then the libraries of the others, and prints the result as JSON. */
import { createRequire } from 'node:module';
import koffi from 'koffi';
import type { SmokeTestResult } from './smoke-test';

/** The parts of the addon used here. */
interface Addon {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], type: number, values: Float32Array): number;
  executeOp(name: string, attributes: readonly object[], inputs: readonly number[], outputs: number): { id: number }[];
  tensorDataSync(id: number): Float32Array;
}

const [, , file = '', ...libraries] = process.argv;
const addon = createRequire(__filename)(file) as Addon;

const one = addon.createTensor([], addon.TF_FLOAT, Float32Array.of(1));
const type = { name: 'T', type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT };
const [sum] = addon.executeOp('AddV2', [type], [one, one], 1);
if (!sum || addon.tensorDataSync(sum.id)[0] !== 2) throw new Error('1 + 1 is not 2');

for (const library of libraries) koffi.load(library);

const result: SmokeTestResult = { version: addon.TF_Version, gpu: addon.isUsingGpuDevice() };
process.stdout.write(JSON.stringify(result));
