/** A worker that exchanges numbers by TensorFlow's server, as TF_CONFIG has it: `server-worker.ts ADDRESSES INDEX`. */
import { rendezvousByTFConfig } from '../../framework/cluster/tf-config/rendezvous';
import { startServers } from '../../framework/experiment/distributed/exchange';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';
import { exitAtOnce } from '../../framework/tensorflow/distributed/exit';
import { loadTensorFlow } from '../../framework/tensorflow/load';
import * as tf from '../../framework/tensorflow/tf';

/** Prints the sums of [1, 2] and of 10, times the worker's number and one. */
async function main(addresses: readonly string[], index: number): Promise<void> {
  const connection = await rendezvousByTFConfig({ addresses, index });
  await loadTensorFlow({ device: 'cpu' });
  const { collective, cluster } = await startServers(connection, false, {});
  const program = new GraphEngine({ cluster }).program('exchange', (by) => {
    const own = [tf.mul(tf.tensor1d([1, 2]), by), tf.mul(tf.scalar(10), by)];
    return collective.allReduceSum(own);
  });
  const results = await program.run(tf.scalar(index + 1));
  console.log(JSON.stringify(results.map((result) => result.arraySync())));
  await connection.gather('the end', null, () => null);
  exitAtOnce(0);
}

const [addresses = '', index = '0'] = process.argv.slice(2);
void main(addresses.split(','), Number(index));
