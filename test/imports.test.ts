import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { importsOf } from './support/imports';

const ROOT = join(__dirname, '..');

/** The layers of the framework, the lowest first: a folder imports from its own layer's folder and from layers below. */
const LAYERS = [
  ['errors', 'kept-files', 'typescript', 'util', 'project', 'artifacts', 'config', 'install', 'tensorflow', 'random'],
  ['nn', 'kinds'],
  ['checkpoint', 'tracker', 'monitor', 'data', 'cluster'],
  ['run'],
  ['experiment'],
  ['sweep'],
  ['api'],
  ['cli'],
  ['testing'],
];

/** Which folders of one layer may import which others of it. */
const WITHIN = new Map([
  ['artifacts', ['errors', 'util']],
  ['project', ['errors', 'util']],
  ['config', ['errors', 'kept-files', 'util', 'project']],
  ['install', ['errors', 'util']],
  ['tensorflow', ['errors', 'util', 'config', 'install']],
  ['random', ['errors', 'util', 'config', 'tensorflow']],
  ['kinds', ['nn']],
  ['util', ['errors', 'typescript']],
]);

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** The files that import themselves by way of others, each with that way. */
function cyclesAmong(files: readonly string[]): string[] {
  const graph = new Map(files.map((file) => [file, importsOf(file).flatMap((name) => fileOf(name, files))]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    done.add(file);
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
  };
  for (const file of files) visit(file, []);
  return cycles;
}

function fileOf(name: string, files: readonly string[]): string[] {
  const found = [`${name}.ts`, `${name}/index.ts`].find((file) => files.includes(file));
  return found === undefined ? [] : [found];
}

const folderOf = (path: string) => path.split('/')[1]?.replace(/\.ts$/, '') ?? '';

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const [lower, higher] = [to, from].map((folder) => LAYERS.findIndex((layer) => layer.includes(folder)));
  if (lower === undefined || higher === undefined || lower < 0 || higher < 0) return false;
  return lower < higher || (lower === higher && (WITHIN.get(from) ?? []).includes(to));
}

/** The folder that a file below plugins or experiments belongs to: an option, a domain or an experiment. */
function ownerOf(file: string): string {
  for (let folder = dirname(file); folder.includes('/'); folder = dirname(folder))
    if (['index.ts', 'domain.ts'].some((name) => existsSync(join(ROOT, folder, name)))) return folder;
  return dirname(file);
}

/** Words of a domain, in code, strings and comments. */
const DOMAIN_WORDS =
  /pixel|diffus|sampler|noise|denois|\bfid\b|\bkid\b|celeba|mnist|Digits|augment|images?\b|ImageDataset|UNet|ConvNet/;

/** Lines with such a word that have nothing to do with a domain. */
const EXCEPTIONS: readonly [file: string, line: RegExp][] = [
  // TensorFlow's name.
  ['framework/tensorflow/summary-proto.ts', /image|Image/],
  // A type of artifact.
  ['framework/artifacts/artifact.ts', /type.*'image'/],
  // The name of the option in earlier versions.
  ['framework/cli/commands/sample.ts', /alias: 'images'/],
];

describe('the framework', () => {
  it('has no word of a domain', () => {
    const found = filesIn('framework').flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .map((line, index) => ({ line, text: `${file}:${index + 1}: ${line.trim()}` }))
        .filter(({ line }) => DOMAIN_WORDS.test(line))
        .filter(({ line }) => !EXCEPTIONS.some(([path, text]) => path === file && text.test(line)))
        .map(({ text }) => text),
    );
    expect(found).to.deep.equal([]);
  });
});

describe('imports', () => {
  it('in the framework point one way', () => {
    const wrong = filesIn('framework')
      .filter((file) => file !== 'framework/index.ts')
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => name.startsWith('framework/') && !mayImport(folderOf(file), folderOf(name)))
          .map((name) => `${file} imports ${name}`),
      );
    expect(wrong).to.deep.equal([]);
  });

  it('of the framework never include a domain, a plugin or an experiment', () => {
    const wrong = filesIn('framework').filter((file) =>
      importsOf(file).some((name) => /^(plugins|experiments|explab)\b/.test(name)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('of a domain, plugin or experiment are the public APIs, libraries and its own files', () => {
    const wrong = ['plugins', 'experiments'].flatMap(filesIn).flatMap((file) =>
      importsOf(file)
        .filter((name) => /^(framework|plugins|experiments|\.\.)/.test(name) && ownerOf(`${name}/`) !== ownerOf(file))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('of a domain include only domains that do not import it', () => {
    const domains = readdirSync(join(ROOT, 'plugins')).filter((name) =>
      existsSync(join(ROOT, 'plugins', name, 'domain.ts')),
    );
    const imported = (domain: string) =>
      domains.filter(
        (other) =>
          other !== domain &&
          filesIn(`plugins/${domain}`).some((file) => importsOf(file).some((name) => name === `explab/${other}`)),
      );
    const mutual = domains.filter((domain) => imported(domain).some((other) => imported(other).includes(domain)));
    expect(mutual).to.deep.equal([]);
  });

  it('have no cycles, not even between types', () => {
    const files = ['framework', 'plugins', 'experiments', 'test'].flatMap(filesIn);
    expect(cyclesAmong(files)).to.deep.equal([]);
  });

  it('of inversify are in the config, the containers of runs and sweeps, and the public API only', () => {
    const wrong = filesIn('framework').filter(
      (file) =>
        importsOf(file).includes('inversify') &&
        !/^framework\/(index|config\/|experiment\/run-container|sweep\/sweep-container)/.test(file),
    );
    expect(wrong).to.deep.equal([]);
  });
});
