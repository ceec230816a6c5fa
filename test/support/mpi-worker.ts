/** A worker that MPI's launcher starts: `mpi-worker.ts WORK`. Each prints a line of JSON: its number, and what came of its work. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinCluster } from '../../framework/cluster/join-cluster';
import type { Connection } from '../../framework/cluster/connection';
import { rendezvousByMpi } from '../../framework/cluster/mpi/rendezvous';
import { messageOf } from '../../framework/errors';
import { startExchange } from '../../framework/experiment/distributed/exchange';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';
import { loadTensorFlow } from '../../framework/tensorflow/load';
import * as tf from '../../framework/tensorflow/tf';
import { numberOf } from './mpi-numbers';

/** Tensors of all kinds: empty, small ones that travel together, and large ones, of which one takes two messages. */
const SIZES = [1, 3, 70_000, 0, 2, 200_001, 4, 2 ** 22 + 1];
const PATIENCE = { rendezvous: 20, heartbeat: 20, exchange: 1 };

type Work = (connection: Connection, index: number) => Promise<unknown>;

/** Has the workers add up tensors. @returns what became of each, at one step after another */
async function summed(connection: Connection, sizes: readonly number[], steps: number): Promise<tf.Tensor[]> {
  const { index } = connection.cluster;
  await loadTensorFlow({ device: 'cpu', threads: 1 });
  const { collective, cluster } = await startExchange(connection, false, {});
  const program = new GraphEngine({ cluster, threads: 1 }).program('exchange', (by) => {
    const own = sizes.map((size, which) => tf.mul(tensorOf(size, index, which), by));
    return [...collective.allReduceSum(own), tf.neg(own[0] as tf.Tensor)];
  });
  let results: tf.Tensor[] = [];
  for (let step = 1; step <= steps; step++) results = await connection.guard(program.run(tf.scalar(step)));
  return results;
}

function tensorOf(size: number, index: number, which: number): tf.Tensor {
  return tf.tensor1d(Float32Array.from({ length: size }, (_, position) => numberOf(index, which, position)));
}

const WORKS: Readonly<Record<string, Work>> = {
  sums: async (connection) => {
    const results = await summed(connection, SIZES, 2);
    return results.map((tensor) => {
      const values = tensor.dataSync();
      const bits = createHash('sha256').update(values).digest('hex');
      return { size: tensor.size, first: values[0], last: values.at(-1), bits };
    });
  },
  'other sizes': (connection, index) => summed(connection, [index + 1], 1),
  'no exchange': async (connection, index) => {
    if (index !== 1) return summed(connection, [1], 1);
    await loadTensorFlow({ device: 'cpu', threads: 1 });
    await startExchange(connection, false, {});
    connection.isStepping = true;
    return connection.guard(new Promise(() => undefined));
  },
  'come together': (connection, index) => {
    return connection.gather('numbers', index + 1, (numbers) => numbers.join('+'));
  },
  'give up': async (connection, index) => {
    await connection.gather('the beginning', null, () => null);
    if (index !== 1) return connection.guard(new Promise(() => undefined));
    connection.abort('The disk is full.');
    // It waits for the chief to end it.
    return sleep(10_000);
  },
  disagree: (connection, index) => {
    return connection.gather('versions', index, () => {
      throw new Error('They differ.');
    });
  },
};

async function main(name: string): Promise<void> {
  const cluster = await joinCluster(process.env);
  if (!cluster?.mpi) throw new Error('MPI did not start this');
  const { mpi, index } = cluster;
  const work = WORKS[name] as Work;
  const result = await rendezvousByMpi(cluster, mpi, PATIENCE)
    .then((connection) => work(connection, index))
    .catch((error: unknown) => messageOf(error));
  process.stdout.write(`${JSON.stringify({ index, version: mpi.version, hosts: mpi.hosts, result })}\n`);
  // A failure is told to all, who print it, too.
  setTimeout(() => mpi.abort(0), 1000);
}

void main(process.argv[2] ?? '');
