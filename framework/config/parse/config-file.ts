import { type Stats, closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { type Document, LineCounter, type Pair, YAMLMap, isMap, isScalar } from 'yaml';
import { ExitCode, UserError, messageOf } from '../../errors';
import { ErrorCollector } from '../resolve/error-collector';
import { type Environment, type Override, override } from './override';
import { resolveAlias, parseYAML, serialize, textOf, toRawValue } from './raw-value';

/** A longer file is no config. */
const MAX_BYTES = 256 * 1024;

/** Within the settings of a slot, what names its option: `dataset: { option: CelebA, root: photos }`. */
export const OPTION = 'option';

/** What names the file's JSON Schema, for editors. */
const SCHEMA = '$schema';

/**
 * The settings in a YAML or JSON file. Settings within settings are nested, or have dotted keys.
 * @throws UserError naming the file, where it is missing, empty, too large or not to be understood
 */
export function fileOverrides(file: string, environment: Environment = process.env): Override[] {
  try {
    const lines = new LineCounter();
    const document = parseYAML(textIn(file), { lineCounter: lines });
    return new FileReader(file, document, lines, environment).read();
  } catch (error) {
    if (error instanceof UserError && error.message.endsWith('.')) throw error;
    throw new UserError(`${file}: ${messageOf(error)}.`, { exitCode: ExitCode.usage });
  }
}

/** A file's text, without reading more of it than a config can have. */
function textIn(file: string): string {
  const status = statusOf(file);
  // Before it is opened: to open a pipe waits for whoever writes to it.
  if (!status.isFile()) throw new UserError('it is not a file');
  const descriptor = openSync(file, 'r');
  try {
    if (status.size > MAX_BYTES) throw new UserError(`it has ${status.size} bytes; a config has ${MAX_BYTES} at most`);
    // The mark that Windows editors put before a text.
    return readFileSync(descriptor, 'utf8').replace(/^\uFEFF/, '');
  } finally {
    closeSync(descriptor);
  }
}

function statusOf(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? 'there is no such file' : messageOf(error));
  }
}

/** Makes a setting of each leaf of a document. */
class FileReader {
  private readonly mistakes = new ErrorCollector();
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly environment: Environment,
  ) {}

  read(): Override[] {
    const { contents } = this.document;
    if (!isMap(contents)) throw new UserError('it holds no settings, which are lines such as "epochs: 100"');
    const found = this.settings(contents, '', []);
    this.mistakes.throw();
    return found;
  }

  /** @param above the maps that this one is in: an alias may be in what it stands for */
  private settings(map: object, prefix: string, above: readonly object[]): Override[] {
    if (above.includes(map)) throw new UserError('an alias stands for itself');
    const { items } = map as { items: Pair[] };
    return items.flatMap((pair) => {
      const name = textOf(pair.key);
      if (prefix === '' && name === SCHEMA) return [];
      const key = name === OPTION && prefix !== '' ? prefix.slice(0, -1) : signed(prefix, name);
      const value = resolveAlias(pair.value, this.document);
      const line = this.lineOf(pair);
      if (isMap(value) && value.items.length > 0 && !/^[+~]/.test(key)) {
        this.note(`${key}: {}`, key, line);
        const start = { ...this.setting(key, new YAMLMap(), line), isMap: true } as const;
        return [start, ...this.settings(value, `${key}.`, [...above, map])];
      }
      this.note(key, key, line);
      return [this.setting(key, value, line)];
    });
  }

  private setting(key: string, value: unknown, line: number): Override {
    const written = serialize(toRawValue(value, this.document));
    // `~trackers:` is what ~trackers is on the command line.
    const text = key.startsWith('~') && written === 'null' ? '' : written;
    const location = `in ${this.file}, line ${line}`;
    return override(key, text, { origin: 'file', location, environment: this.environment });
  }

  /** Reports what is there for the second time. */
  private note(what: string, key: string, line: number): void {
    const before = this.seen.get(what);
    if (before !== undefined) this.report(`${key} is set twice: in lines ${before} and ${line}`);
    this.seen.set(what, line);
    if (this.seen.size > MAX_SETTINGS) throw new UserError(`it has more than ${MAX_SETTINGS} settings`);
  }

  private report(what: string): void {
    this.mistakes.add(new UserError(`${this.file}: ${what}.`, { exitCode: ExitCode.usage }));
  }

  private lineOf({ key }: Pair): number {
    return isScalar(key) && key.range ? this.lines.linePos(key.range[0]).line : 0;
  }
}

/** More settings are nobody's config, but aliases of aliases. */
const MAX_SETTINGS = 10_000;

/** A key within another; a sign goes to the front, where it is on the command line. */
function signed(prefix: string, name: string): string {
  return /^[+~]/.test(name) ? `${name[0] ?? ''}${prefix}${name.slice(1)}` : prefix + name;
}
