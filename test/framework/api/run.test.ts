import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Linear, loadRun, option, resume, run, runs, sweep, tf, value } from 'explab';
import { expect } from 'chai';
import { Regress, Regressor } from '../../../experiments/regress';
import { UserError, messageOf } from '../../../framework/errors';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

/** Settings of `regress` that take a fraction of a second. */
const SMALL = { epochs: 2, compile: 'false', trackers: ['JSONL'], hardwareEverySeconds: 0 } as const;

class LineSettings {
  /** Factor of the initial weights. */
  scale = value(1);
}

/** A network that is known to the program only. */
@option(Regressor, 'Line', LineSettings)
class Line extends Regressor {
  private readonly layer = new Linear(10, 1);

  constructor(private readonly settings: LineSettings) {
    super();
  }

  predict(x: tf.Tensor2D): tf.Tensor1D {
    return tf.mul(tf.squeeze<tf.Tensor1D>(this.layer.forward(x), [1]), this.settings.scale);
  }
}

/** The listeners of the process, by event. */
const listeners = () =>
  ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'].map((event) => process.listenerCount(event));

/** What work prints. */
async function printedBy(work: () => Promise<unknown>): Promise<string[]> {
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => Reflect.get(stream, 'write'));
  for (const stream of streams) stream.write = (text: unknown) => printed.push(String(text)) > 0;
  try {
    await work();
  } finally {
    streams.forEach((stream, index) => Object.assign(stream, { write: writes[index] }));
  }
  return printed;
}

describe('run', () => {
  withTensorFlow();
  const root = temporaryFolder();

  it('trains an experiment, passes on and returns its metrics, and leaves the process alone', async () => {
    const passed: object[] = [];
    const [before, seen] = [listeners(), [] as number[][]];
    const onMetrics = (metrics: object) => {
      passed.push(metrics);
      seen.push(listeners());
    };
    let result: Awaited<ReturnType<typeof run>> | undefined;
    const train = async () => (result = await run('regress', SMALL, { root: root(), name: 'try', onMetrics }));
    expect(await printedBy(train)).to.deep.equal([]);
    expect(seen).to.deep.equal(passed.map(() => before));
    // 1,000 rows, of which a fifth is held out, in batches of 64: 12 steps an epoch.
    expect(result).to.include({ status: 'completed', step: 24 });
    expect(result?.id).to.match(/-try$/);
    expect(result?.metrics).to.deep.equal(passed);
    expect(result?.metrics.at(-1)).to.include.keys('step', 'loss', 'valid/loss');
    expect(readFileSync(join(result?.folder ?? '', 'log.txt'), 'utf8')).to.include('epoch 2/2');
  });

  it('takes settings as a config file has them, a class of the program and its options', async () => {
    const output: string[] = [];
    const monitor = { write: (text: string) => output.push(text) };
    const settings = { ...SMALL, model: { option: Line, scale: 0.5 }, 'optimizer.beta1': 0.8, batchSize: undefined };
    const { folder } = await run(Regress, settings, { root: root(), plugins: [Line], monitor });
    const { settings: recorded } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
      settings: Record<string, { value: unknown }>;
    };
    const values = ['model', 'model.scale', 'optimizer.beta1', 'batchSize'].map((key) => recorded[key]?.value);
    expect(values).to.deep.equal(['Line', 0.5, 0.8, 64]);
    expect(output.join('')).to.include('epoch 2/2');
  });

  it('has settings of the types of their class', () => {
    const check = () => [
      run(Regress, { epochs: 3, learningRate: '${ema}', clipNorm: null, dataset: 'CSV', 'dataset.path': 'a.csv' }),
      // @ts-expect-error A number is expected.
      run(Regress, { epochs: '3' }),
      // @ts-expect-error There is no setting of this name.
      run(Regress, { epoch: 3 }),
    ];
    expect(check).to.be.a('function');
  });

  it('refuses unknown settings and options before anything is created', async () => {
    const messages = async (work: Promise<unknown>) => {
      const error = await rejection(work);
      expect(error).to.be.instanceOf(UserError);
      return (error as UserError).text;
    };
    const options = { root: root() };
    expect(await messages(run('regress', { epoch: 3 }, options))).to.match(/epochs/);
    expect(await messages(run('regres', {}, options))).to.match(/regress/);
    expect(await messages(run('regress', { epochs: 'many' }, options))).to.match(/epochs.*\n.*[Ss]et by the program/s);
    expect(await messages(run('regress', { seed: new Date() }, options))).to.match(/seed.*Date/);
    expect(await messages(run('regress', {}, { ...options, sigal: 1 } as object))).to.match(/"sigal".*\n.*signal/);
    expect(await messages(run(Object as never, {}, options))).to.match(/Object is not an option/);
    expect(await messages(loadRun('latest', { ...options, settings: {} }))).to.match(/no runs/);
    expect(existsSync(join(root(), 'regress'))).to.equal(false);
  });

  it('begins with the defaults of a project, and has its runs in it', async () => {
    writeFileSync(join(root(), 'explab.yaml'), 'runs: results\nsettings:\n  batchSize: 100\n  epochs: 5\n');
    const { folder, step } = await run('regress', { ...SMALL, epochs: 1 }, { project: root() });
    // 800 rows in batches of 100.
    expect(step).to.equal(8);
    expect(folder).to.match(new RegExp(`^${join(root(), 'results/regress')}`));
  });

  it('gives two runs at once the results of one after the other', async () => {
    const graph = { ...SMALL, compile: 'auto' };
    const train = (seed: number) => run('regress', { ...graph, seed }, { root: root() });
    const [one, two] = await Promise.all([train(1), train(2)]);
    expect(one.metrics).to.not.deep.equal(two.metrics);
    expect((await train(1)).metrics).to.deep.equal(one.metrics);
    expect((await train(2)).metrics).to.deep.equal(two.metrics);
    expect((await runs({ root: root(), where: ['seed=2'] })).map(({ id }) => id))
      .to.include(two.id)
      .and.have.length(2);
  });

  it('saves a checkpoint when the signal aborts, from which it resumes to the same numbers, and frees its memory', async () => {
    const whole = await run('regress', SMALL, { root: root() });
    const stop = new AbortController();
    const kept = await tensorsKept(async () => {
      const onMetrics = () => stop.abort();
      const stopped = await run('regress', SMALL, { root: root(), id: 'stopped', signal: stop.signal, onMetrics });
      expect(stopped.status).to.equal('interrupted');
      expect(stopped.step).to.be.below(whole.step);
    });
    expect(kept).to.equal(0);
    const resumed = await resume('stopped', { root: root() });
    expect(resumed).to.include({ status: 'completed', step: whole.step });
    expect(resumed.metrics).to.deep.equal(whole.metrics);
    expect((await resume('stopped', { root: root(), settings: { epochs: 3 } })).step).to.equal(36);
  });

  it('ends by an error of onMetrics, with a checkpoint', async () => {
    const onMetrics = () => {
      throw new Error('not good enough');
    };
    const error = await rejection(run('regress', SMALL, { root: root(), id: 'a', onMetrics }));
    expect(messageOf(error)).to.equal('not good enough');
    expect((await runs({ root: root() })).map(({ id, status }) => [id, status])).to.deep.equal([['a', 'interrupted']]);
  });

  it('sweeps over lists of values, with jobs of their own', async () => {
    const { jobs, best } = await sweep(
      'regress',
      { ...SMALL, trackers: '[JSONL]', epochs: 1, seed: [1, 2] },
      {
        root: root(),
        sweep: { jobs: 2 },
      },
    );
    expect(jobs.map(({ settings, state }) => [settings['seed'], state])).to.deep.equal([
      ['1', 'completed'],
      ['2', 'completed'],
    ]);
    expect(best).to.be.oneOf([0, 1]);
  });
});
