import { UserError, messageOf } from '../../errors';
import { parseAddress } from './address';
import type { Cluster, Environment } from '../cluster';

const EXAMPLE =
  'For example: TF_CONFIG=\'{"cluster": {"worker": ["node1:2222", "node2:2222"]}, "task": {"type": "worker", "index": 0}}\'';

/** The jobs that train, in the order of their workers' numbers. */
const JOBS = ['chief', 'worker'] as const;

/**
 * Reads `TF_CONFIG`, by which TensorFlow's multi-worker training is told its cluster.
 * https://www.tensorflow.org/guide/distributed_training#setting_up_the_tf_config_environment_variable
 * @throws UserError saying what is wrong with it
 */
export function clusterFromTFConfig({ TF_CONFIG: text }: Environment): Cluster | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const config = objectOf(parse(text), 'it');
  const cluster = objectOf(config['cluster'], '"cluster"');
  const unknown = Object.keys(cluster).find((job) => !JOBS.some((known) => known === job));
  if (unknown !== undefined)
    throw wrong(`its job ${JSON.stringify(unknown)} is none that trains: those are chief and worker`);
  const tasks = JOBS.flatMap((job) =>
    addressesOf(cluster[job], job).map((address, index) => ({ job, index, address })),
  );
  if (tasks.length === 0) throw wrong('it names no worker');
  const own = objectOf(config['task'], '"task"');
  const index = tasks.findIndex((task) => task.job === own['type'] && task.index === own['index']);
  if (index < 0) throw wrong(outOfRange(own, tasks));
  return { addresses: tasks.map(({ address }) => address), index };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`it is no JSON: ${messageOf(error)}`);
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(value === undefined ? `${what} is missing` : `${what} is no object`);
}

function addressesOf(value: unknown, job: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw wrong(`${job} is no list of addresses`);
  }
  for (const address of value) parseAddress(address);
  return value;
}

function outOfRange(own: Record<string, unknown>, tasks: readonly { job: string; index: number }[]): string {
  const known = tasks.map(({ job, index }) => `${job} ${index}`).join(', ');
  return `its task, ${String(own['type'])} ${String(own['index'])}, is none of the cluster's: ${known}`;
}

function wrong(why: string): UserError {
  return new UserError(`TF_CONFIG does not say what it should: ${why}.`, { hints: [EXAMPLE] });
}
