import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allRuns, findRun } from '../../framework/run/find-run';
import { updateRecord } from '../../framework/run/run-record';
import { fileIn, wordsOf } from './documents';
import { type Ended, QUICK, SMALL, SMALL_CLASSIFIER, SMALL_IMAGES, exp } from './exp';
import { idx } from './idx';

const ROOT = join(__dirname, '../..');

/** Files that a document has its reader write. */
const FILES: [document: string, path: string][] = [
  ['docs/augmentations.md', 'plugins/images/augmentations/turn/index.ts'],
  ['docs/callbacks.md', 'plugins/callbacks/loss-limit/index.ts'],
  ['docs/config.md', 'experiments/average/index.ts'],
  ['docs/config.md', 'smooth.yaml'],
  ['docs/datasets.md', 'plugins/images/datasets/stripes/index.ts'],
  ['docs/diffusion.md', 'plugins/diffusion/samplers/renoise/index.ts'],
  ['docs/first-experiment.md', 'experiments/predict/index.ts'],
  ['docs/plugins.md', 'experiments/forecast/index.ts'],
  ['docs/plugins.md', 'plugins/diffusion/flat-schedule/index.ts'],
  ['docs/plugins.md', 'plugins/series/domain.ts'],
  ['docs/plugins.md', 'plugins/series/kinds/series.ts'],
  ['docs/plugins.md', 'plugins/series/sine/index.ts'],
];

/** Weights of a small model, for commands that take such a file. */
const WEIGHTS = 'small.safetensors';

const SMALL_BY_EXPERIMENT = new Map([
  ['diffuse', SMALL],
  ['classify', SMALL_CLASSIFIER],
  ['regress', []],
  ['predict', []],
  ['forecast', []],
  ['gpt', ['model.layers=1', 'contextLength=8', 'sampleLength=4', 'heldOut=0.01']],
  ['gan', ['generator.hidden=[16]', 'discriminator.hidden=[16]']],
]);

/** What is drawn quickly; the small model has four steps. */
const DRAWN_BY_SMALL = new Map([
  ['-n', '1'],
  ['--n', '1'],
  ['--steps', '2'],
  ['--t', '2'],
]);

/** What a command may say that wants a graph. */
const COMPILED = /^(compile=|precision=|--profile|--workers)/;

type Result = Pick<Ended, 'code' | 'stdout' | 'stderr'>;

/** Someone who does what a document says, in a folder with the files that it speaks of. Training only is cut short. */
export class Reader {
  private readonly ids = new Map<string, string>();

  /** @param folder below the project, as a user's folder is below its node_modules */
  constructor(private readonly folder: string) {
    for (const [document, path] of FILES) this.write(path, fileIn(document, path));
    for (const photos of ['photos', 'data/celeba'])
      cpSync(join(ROOT, 'test/fixtures/images/good'), join(folder, photos), { recursive: true });
    this.write('table.csv', 'a,b,y\n1,2,3\n4,5,6\n7,8,9\n1,3,4\n5,6,7\n2,2,4\n');
    for (const name of ['train', 't10k']) {
      this.write(`mnist/${name}-images-idx3-ubyte`, idx([16, 28, 28], new Uint8Array(16 * 28 * 28).fill(200)));
      this.write(`mnist/${name}-labels-idx1-ubyte`, idx([16], new Uint8Array(16)));
    }
    cpSync(join(folder, 'mnist'), join(folder, 'data/mnist'), { recursive: true });
  }

  /** Trains a small model, and exports its weights. */
  async begin(): Promise<Result> {
    const ended = await this.run(['run', 'diffuse', ...SMALL, 'maxSteps=1']);
    return ended.code === 0 ? this.run(['export-weights', 'latest', '--out', WEIGHTS]) : ended;
  }

  /** Another who has begun so. */
  another(folder: string): Reader {
    const other = new Reader(folder);
    for (const name of ['runs', WEIGHTS]) cpSync(join(this.folder, name), join(folder, name), { recursive: true });
    return other;
  }

  /** Starts a command as it stands in a document. */
  async start(command: string): Promise<Result> {
    const [, name, value = '', exact = ''] = /^(?:([A-Z_]+)=(\S+) )?(.*?)(?: > \S+)?$/.exec(command) ?? [];
    const [program, ...args] = await this.withIds(wordsOf(exact));
    if (program !== 'exp') throw new Error(`this is no command of exp: ${command}`);
    if (args.includes('--launcher')) return this.run(args);
    if (args[0] === 'run') return this.train(args, name === undefined ? {} : { [name]: value });
    if (args[0] === 'import-weights')
      return this.run([args[0], WEIGHTS, ...args.slice(2), ...SMALL, 'batchSize=4', 'maxSteps=1']);
    if (args[0] === 'sweep') return this.sweep(args);
    if (args[0] === 'evaluate') return this.run(fewImages(cutShort(args)));
    if (['sample', 'animate', 'interpolate'].includes(args[0] ?? '')) return this.run(cutShort(args));
    if (args[0] === 'tune') this.interrupt();
    return args[0] === 'tensorboard' ? this.tensorboard(args) : this.run(args);
  }

  private write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  private get runs(): string {
    return join(this.folder, 'runs');
  }

  run(args: readonly string[], env = {}): Promise<Result> {
    return exp(args, { cwd: this.folder, runs: this.runs, env });
  }

  private train(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Result> {
    const small = smallFor(args[1]);
    const there = fewImages(args).map((word) => word.replace(/@\d+$/, '@1'));
    // Op by op, a single step is done in half the time.
    const way = args.some((word) => COMPILED.test(word)) ? [] : ['compile=false'];
    return this.run([...there, ...small, 'batchSize=4', 'maxSteps=1', ...way], env);
  }

  /** The words, with a run that is there for each that the document speaks of. */
  private async withIds(args: readonly string[]): Promise<string[]> {
    const named: string[] = [];
    for (const word of args) named.push(/^\d{8}-\d{6}$/.test(word) ? await this.idFor(word) : word);
    return named;
  }

  private async idFor(word: string): Promise<string> {
    const id = this.ids.get(word) ?? this.unnamed() ?? (await this.trainAnother()) ?? word;
    this.ids.set(word, id);
    return id;
  }

  /** A run that is there and that the document has not spoken of. */
  private unnamed(): string | undefined {
    const named = [...this.ids.values()];
    return allRuns(this.runs).findLast(({ id }) => !named.includes(id))?.id;
  }

  private async trainAnother(): Promise<string | undefined> {
    await this.run(['run', 'diffuse', ...SMALL, 'maxSteps=1']);
    return this.unnamed();
  }

  /** Makes the latest run one that is not at its end, as the reader's is. */
  private interrupt(): void {
    updateRecord(findRun(this.runs, 'latest'), { status: 'interrupted' });
  }

  /** Runs a sweep's command; a search ends after two jobs. */
  private sweep([name = '', what = '', ...args]: string[]): Promise<Result> {
    if (['show', 'resume'].includes(what)) return this.run([name, what, ...args]);
    const small = what === 'diffuse' ? QUICK : [...smallFor(what), 'compile=false', 'trackers=[JSONL]'];
    const searches = args.some((word) => word.startsWith('searcher='));
    const trials = searches ? ['--sweep', 'searcher.trials=2'] : [];
    return this.run([name, what, ...small, 'batchSize=4', 'maxSteps=1', ...args, ...trials]);
  }

  /** Starts TensorBoard and ends it once it tells its address. */
  private async tensorboard(args: readonly string[]): Promise<Result> {
    const addresses: string[] = [];
    const quiet = args.filter((word) => !word.startsWith('--port') && !/^\d+$/.test(word));
    const ended = await exp([...quiet, '--port', '0'], {
      cwd: this.folder,
      runs: this.runs,
      onOutput: (text, child) => {
        addresses.push(...(/http:\/\/\S+/.exec(text) ?? []));
        if (addresses.length > 0) child.kill('SIGTERM');
      },
    });
    return { ...ended, code: addresses.length > 0 ? 0 : 1 };
  }
}

function smallFor(experiment = ''): readonly string[] {
  return SMALL_BY_EXPERIMENT.get(experiment) ?? SMALL_IMAGES;
}

function cutShort(args: readonly string[]): string[] {
  return args.map((word, index) => DRAWN_BY_SMALL.get(args[index - 1] ?? '') ?? word);
}

/** Enough images to measure, and no more. */
function fewImages(args: readonly string[]): string[] {
  return args.map((word, index) =>
    /^--?n$/.test(args[index - 1] ?? '') ? '3' : word === 'quality.images=1000' ? 'quality.images=3' : word,
  );
}
