/** One worker of a case, started by mpiexec, or the only one: `measure-scale.ts CASE BYTES`. */
import { DiffuseSettings } from '../../experiments/diffuse';
import { joinCluster } from '../../framework/cluster/join-cluster';
import { rendezvous } from '../../framework/cluster/rendezvous';
import { engineFor, loadFor } from '../../framework/experiment/lifecycle/compute';
import { startExchange } from '../../framework/experiment/distributed/exchange';
import { StopSignal } from '../../framework/experiment/lifecycle/stop-signal';
import { TrainingStep } from '../../framework/experiment/training/training-step';
import { Workers } from '../../framework/experiment/distributed/workers';
import { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import { exitAtOnce } from '../../framework/tensorflow/distributed/exit';
import * as tf from '../../framework/tensorflow/tf';
import { createContainer } from './cases';
import { median } from '../../framework/util/statistics';
import { SCALE_CASES, type Scaled, WARM_UP } from './scale-cases';

/** Numbers in each tensor that is reduced: like the larger ones of the paper's model. */
const TENSOR = 4 * 2 ** 20;
/** How often the all-reduce is timed. */
const REDUCTIONS = 5;

async function main(name: string, bytes: number): Promise<void> {
  const found = SCALE_CASES.find((each) => each.name === name);
  if (!found) throw new Error(`there is no case ${name}`);
  const settings = settingsOf(found.settings);
  const cluster = await joinCluster(process.env);
  const connection = cluster && (await rendezvous(cluster));
  await loadFor(settings);
  const stop = new StopSignal({ onFirst: () => undefined, onLast: () => undefined });
  const workers = connection && new Workers(connection, await startExchange(connection, false, settings), stop);
  const engine = engineFor(settings, workers?.cluster);
  const share = settings.batchSize / (workers?.count ?? 1);
  const once = stepOf(settings, engine, share, workers);
  const scaled: Scaled = {
    gradients: 4 * settings.model.parameterCount,
    steps: await times(once, found.repetitions),
    alone: workers ? await times(stepOf(settings, engine, share), found.repetitions) : [],
    reductions: workers && bytes > 0 ? await reductions(engine, workers, bytes, 4) : [],
    latencies: workers ? (await reductions(engine, workers, 4, 100)).map((seconds) => seconds / 2) : [],
  };
  if (workers?.isChief ?? true) console.log(JSON.stringify(scaled));
  await connection?.gather('the end', null, () => null);
  connection?.close();
  cluster?.mpi?.finalize();
  exitAtOnce(0);
}

function settingsOf(args: readonly string[]): DiffuseSettings {
  const benchmark = { name: '', work: 'training step', settings: [...args, 'threads=1'], repetitions: 0 } as const;
  const { settings } = createContainer(benchmark, 'graph', { precision: 'float32', device: 'cpu' });
  if (settings instanceof DiffuseSettings) return settings;
  throw new Error('diffuse has other settings now');
}

async function times(once: (n: number) => Promise<unknown>, repetitions: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let n = 1; n <= WARM_UP + repetitions; n++) {
    const begun = performance.now();
    await once(n);
    seconds.push((performance.now() - begun) / 1000);
  }
  return seconds.slice(WARM_UP);
}

/** The training step of `diffuse` on a share of a batch of noise. */
function stepOf(settings: DiffuseSettings, engine: Engine, share: number, workers?: Workers) {
  const { dataset, model, diffusion, optimizer, learningRate } = settings;
  const random = Random.fromSeed(1);
  model.initialize(random.stream('model'));
  const x0 = random.stream('images').uniform<tf.Rank.R4>([share, ...dataset.shape], -1, 1);
  const loss = ([images]: [tf.Tensor4D], at: Random): tf.Scalar => diffusion.loss(model, images, at);
  const step = new TrainingStep({ engine, model, optimizer, loss, random: random.stream('train'), workers });
  return (n: number) => step.run([x0], { step: n, learningRate });
}

/** Seconds of an all-reduce: by how much longer a run with more of them takes, so that making and reading the tensors does not count. */
async function reductions(engine: Engine, workers: Workers, bytes: number, more: number): Promise<number[]> {
  const few = await times(reductionOf(engine, workers, bytes, 1), REDUCTIONS);
  const many = await times(reductionOf(engine, workers, bytes, 1 + more), REDUCTIONS);
  return many.map((seconds) => (seconds - median(few)) / more);
}

/** All-reduces, one after the other, of tensors that are made in the graph, and of which little is read. */
function reductionOf(engine: Engine, { collective }: Workers, bytes: number, rounds: number) {
  const program = engine.program(`reduce ${bytes} ${rounds}`, (value) => {
    const size = Math.min(TENSOR, bytes / 4);
    const count = Math.round(bytes / 4 / size);
    let tensors = Array.from({ length: count }, () => tf.mul(tf.fill([size], 1), value));
    for (let round = 0; round < rounds; round++) tensors = collective.allReduceSum(tensors);
    return [tf.stack(tensors.map((mean) => tf.squeeze(tf.slice(mean, 0, 1))))];
  });
  return async (n: number) => {
    const value = tf.scalar(n);
    tf.dispose([value, ...(await program.run(value))]);
  };
}

const [name = '', bytes = '0'] = process.argv.slice(2);
void main(name, Number(bytes));
