import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { allRuns, findRun } from '../framework/run/find-run';
import { updateRecord } from '../framework/run/run-record';
import { DOCUMENTS, commandsIn, fileIn, textOf, wordsOf } from './support/documents';
import { QUICK, SMALL, SMALL_CLASSIFIER, SMALL_IMAGES, exp } from './support/exp';
import { idx } from './support/idx';
import { temporaryFolder } from './support/temporary';

const ROOT = join(__dirname, '..');

/** Commands that tests do not start: they are what runs the tests, or take minutes and have a test in test/long. */
const ELSEWHERE = [
  /^npm (ci|test|run)\b/,
  /^exp setup --(force|download|variant)/,
  /^rm -rf/,
  /^git clone/,
  /^cd /,
  /^mocha /,
  // test/framework/cli/completion.test.ts
  /^source /,
];

/** Files that a document has its reader write. */
const PLUGINS: [document: string, path: string][] = [
  ['docs/augmentations.md', 'plugins/augmentations/turn/index.ts'],
  ['docs/config.md', 'experiments/average/index.ts'],
  ['docs/config.md', 'smooth.yaml'],
  ['docs/datasets.md', 'plugins/datasets/stripes/index.ts'],
  ['docs/plugins.md', 'plugins/diffusion/flat-schedule/index.ts'],
];

/** Weights of a small model, for commands that take such a file. */
const WEIGHTS = 'small.safetensors';

const SMALL_BY_EXPERIMENT = new Map([
  ['diffuse', SMALL],
  ['classify', SMALL_CLASSIFIER],
]);

const DRAWN_BY_SMALL = new Map([
  ['--n', '1'],
  ['--steps', '2'],
  ['--t', '2'],
]);

describe('the documents', () => {
  // Below the project, as a user's folder is below its node_modules.
  const folder = temporaryFolder(ROOT);

  beforeEach(() => {
    for (const [document, path] of PLUGINS) write(path, fileIn(document, path));
    for (const photos of ['photos', 'data/celeba'])
      cpSync(join(ROOT, 'test/fixtures/images/good'), join(folder(), photos), { recursive: true });
    for (const name of ['train', 't10k']) {
      write(`mnist/${name}-images-idx3-ubyte`, idx([16, 28, 28], new Uint8Array(16 * 28 * 28).fill(200)));
      write(`mnist/${name}-labels-idx1-ubyte`, idx([16], new Uint8Array(16)));
    }
    cpSync(join(folder(), 'mnist'), join(folder(), 'data/mnist'), { recursive: true });
  });

  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), content);
  };

  const run = (words: readonly string[], env = {}) => exp(words, { cwd: folder(), runs: join(folder(), 'runs'), env });

  const ids = new Map<string, string>();

  it('have commands that work', async function () {
    this.timeout(600_000);
    const commands = new Set(DOCUMENTS.flatMap(commandsIn).map((command) => command.replace(/^npx /, '')));
    const [started] = await Promise.all([run(['run', 'diffuse', ...SMALL, 'maxSteps=1'])]);
    expect(started.code, started.stderr).to.equal(0);
    const { code } = await run(['export-weights', 'latest', '--out', WEIGHTS]);
    expect(code).to.equal(0);
    for (const command of commands) {
      if (ELSEWHERE.some((pattern) => pattern.test(command))) continue;
      const ended = await start(command);
      expect(ended.code, `${command}\n${ended.stderr}`).to.equal(0);
    }
  });

  /** Starts a command of a document as it stands; training only is cut short. */
  async function start(command: string): Promise<{ code: number | null; stderr: string }> {
    const [, name, value = '', exact = ''] = /^(?:([A-Z_]+)=(\S+) )?(.*?)(?: > \S+)?$/.exec(command) ?? [];
    const [program, ...words] = wordsOf(exact).map((word) => (/^\d{8}-\d{6}$/.test(word) ? idFor(word) : word));
    expect(program, command).to.equal('exp');
    const small = SMALL_BY_EXPERIMENT.get(words[1] ?? '') ?? SMALL_IMAGES;
    if (words.includes('--launcher')) return run(words);
    if (words[0] === 'run') {
      const there = fewImages(words).map((word) => word.replace(/@\d+$/, '@1'));
      return run([...there, ...small, 'batchSize=4', 'maxSteps=1'], name === undefined ? {} : { [name]: value });
    }
    if (words[0] === 'import-weights') {
      return run([words[0], WEIGHTS, ...words.slice(2), ...SMALL, 'batchSize=4', 'maxSteps=1']);
    }
    if (words[0] === 'sweep') return sweep(words);
    if (words[0] === 'evaluate') return run(fewImages(cutShort(words)));
    if (['sample', 'animate', 'interpolate'].includes(words[0] ?? '')) return run(cutShort(words));
    if (words[0] === 'tune') interrupt();
    return words[0] === 'tensorboard' ? tensorboard(words) : run(words);
  }

  /** A run that is there, for each that a document speaks of. */
  function idFor(word: string): string {
    const others = allRuns(join(folder(), 'runs')).filter(({ id }) => ![...ids.values()].includes(id));
    const id = ids.get(word) ?? others.at(-1)?.id ?? word;
    ids.set(word, id);
    return id;
  }

  /** As many images and steps as are drawn quickly; the small model has four steps. */
  const cutShort = (words: readonly string[]) =>
    words.map((word, place) => DRAWN_BY_SMALL.get(words[place - 1] ?? '') ?? word);

  /** Enough images to measure, and no more. */
  const fewImages = (words: readonly string[]) =>
    words.map((word, place) =>
      words[place - 1] === '--n' ? '3' : word === 'quality.images=1000' ? 'quality.images=3' : word,
    );

  /** Makes the latest run one that is not at its end, as the reader's is. */
  function interrupt(): void {
    updateRecord(findRun(join(folder(), 'runs'), 'latest'), { status: 'interrupted' });
  }

  /** Runs a sweep's command as it stands; training is cut short, and a search ends after two jobs. */
  function sweep([name = '', what = '', ...words]: string[]): Promise<{ code: number | null; stderr: string }> {
    if (['show', 'resume'].includes(what)) return run([name, what, ...words]);
    const small = what === 'classify' ? [...SMALL_CLASSIFIER, 'compile=false', 'trackers=[JSONL]'] : QUICK;
    const searches = words.some((word) => word.startsWith('searcher='));
    const trials = searches ? ['--sweep', 'searcher.trials=2'] : [];
    return run([name, what, ...small, 'batchSize=4', 'maxSteps=1', ...words, ...trials]);
  }

  /** Starts TensorBoard and ends it once it tells its address. */
  async function tensorboard(words: readonly string[]): Promise<{ code: number | null; stderr: string }> {
    const options = { cwd: folder(), runs: join(folder(), 'runs') };
    const addresses: string[] = [];
    const quiet = words.filter((word) => !word.startsWith('--port') && !/^\d+$/.test(word));
    const ended = await exp([...quiet, '--port', '0'], {
      ...options,
      onOutput: (text, child) => {
        addresses.push(...(/http:\/\/\S+/.exec(text) ?? []));
        if (addresses.length > 0) child.kill('SIGTERM');
      },
    });
    return { code: addresses.length > 0 ? 0 : 1, stderr: ended.stderr };
  }

  it('build a dataset that is one folder, with no edit elsewhere', async () => {
    const before = execFileSync('git', ['status', '--porcelain', 'framework', 'plugins', 'experiments'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const ended = await run(['run', 'diffuse', ...SMALL, 'dataset=Stripes', 'maxSteps=2', '--json']);
    expect(ended.code, ended.stderr).to.equal(0);
    const { folder: made } = JSON.parse(ended.stdout) as { folder: string };
    expect(JSON.parse(readFileSync(join(made, 'config.json'), 'utf8'))).to.nested.include({
      'settings.dataset.value': 'Stripes',
    });
    expect(existsSync(join(made, 'samples/samples-2.png'))).to.equal(true);
    const after = execFileSync('git', ['status', '--porcelain', 'framework', 'plugins', 'experiments'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(after).to.equal(before);
  });

  it('name tests that are there', () => {
    const named = [...textOf('docs/config-compared.md').matchAll(/\]\(\.\.\/(test\/[^)]+)\): "([^"]+)"/g)];
    expect(named.length).to.be.above(30);
    const missing = named.filter(
      ([, file = '', title = '']) => !readFileSync(join(ROOT, file), 'utf8').includes(title),
    );
    expect(missing.map(([row]) => row)).to.deep.equal([]);
  });

  it('name files that are there', () => {
    const missing = DOCUMENTS.flatMap((document) =>
      [...textOf(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(missing).to.deep.equal([]);
  });
});
