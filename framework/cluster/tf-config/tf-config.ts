import { UserError, messageOf } from '../../errors';
import { parseAddress } from './address';
import type { Cluster, Environment } from '../cluster';

const EXAMPLE =
  'For example: TF_CONFIG=\'{"cluster": {"worker": ["node1:2222", "node2:2222"]}, "task": {"type": "worker", "index": 0}}\'';

/** Supported jobs, in the order of their workers' numbers. */
const JOBS = ['chief', 'worker'] as const;

/**
 * Reads the cluster from `TF_CONFIG`, as in TensorFlow's multi-worker training.
 * https://www.tensorflow.org/guide/distributed_training#setting_up_the_tf_config_environment_variable
 * @throws UserError if it is invalid
 */
export function clusterFromTFConfig({ TF_CONFIG: text }: Environment): Cluster | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const config = objectOf(parse(text), 'the value');
  const cluster = objectOf(config['cluster'], '"cluster"');
  const unknown = Object.keys(cluster).find((job) => !JOBS.some((known) => known === job));
  if (unknown !== undefined) throw invalid(`unsupported job ${JSON.stringify(unknown)} (expected chief or worker)`);
  const tasks = JOBS.flatMap((job) =>
    addressesOf(cluster[job], job).map((address, index) => ({ job, index, address })),
  );
  if (tasks.length === 0) throw invalid('no workers');
  const own = objectOf(config['task'], '"task"');
  const index = tasks.findIndex((task) => task.job === own['type'] && task.index === own['index']);
  if (index < 0) throw invalid(describeUnknownTask(own, tasks));
  return { addresses: tasks.map(({ address }) => address), index };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`not JSON: ${messageOf(error)}`);
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(value === undefined ? `${what} is missing` : `${what} is not an object`);
}

function addressesOf(value: unknown, job: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid(`"${job}" is not a list of addresses`);
  }
  for (const address of value) parseAddress(address);
  return value;
}

function describeUnknownTask(own: Record<string, unknown>, tasks: readonly { job: string; index: number }[]): string {
  const known = tasks.map(({ job, index }) => `${job} ${index}`).join(', ');
  return `the task ${String(own['type'])} ${String(own['index'])} is not in the cluster (${known})`;
}

function invalid(problem: string): UserError {
  return new UserError(`Invalid TF_CONFIG: ${problem}.`, { hints: [EXAMPLE] });
}
