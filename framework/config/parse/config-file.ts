import { type Stats, closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { type Document, LineCounter, type Pair, YAMLMap, isMap, isScalar } from 'yaml';
import { ExitCode, UserError, messageOf } from '../../errors';
import { ErrorCollector } from '../resolve/error-collector';
import { type Environment, type Override, createOverride } from './override';
import { resolveAlias, parseYAML, serialize, textOf, toRawValue } from './raw-value';

/** Size limit of a config file. */
const MAX_BYTES = 256 * 1024;

/** Key of the option's name in the settings of a slot: `dataset: { option: CSV, path: prices.csv }`. */
export const OPTION = 'option';

/** Key of the file's JSON Schema, for editors. */
const SCHEMA = '$schema';

/** The part of a file that has settings, and the origin that they are given. */
export interface Section {
  /** Keys that lead to it; the whole file if empty. */
  readonly keys: readonly string[];
  readonly origin: 'project' | 'file';
}

const WHOLE_FILE: Section = { keys: [], origin: 'file' };

/**
 * Reads the settings in a YAML or JSON file. Keys are nested or dotted.
 * @throws UserError naming the file, if it is missing, empty, too large or malformed
 */
export function fileOverrides(
  file: string,
  environment: Environment = process.env,
  section: Section = WHOLE_FILE,
): Override[] {
  try {
    const lines = new LineCounter();
    const document = parseYAML(readText(file), { lineCounter: lines });
    return new DocumentReader(file, document, lines, environment, section).read();
  } catch (error) {
    if (error instanceof UserError && error.message.endsWith('.')) throw error;
    throw new UserError(`${file}: ${messageOf(error)}.`, { exitCode: ExitCode.usage });
  }
}

/** The text of a file of at most MAX_BYTES. */
function readText(file: string): string {
  const status = statFile(file);
  // Checked before opening, because opening a pipe blocks until it has a writer.
  if (!status.isFile()) throw new UserError('not a regular file');
  const descriptor = openSync(file, 'r');
  try {
    if (status.size > MAX_BYTES) throw new UserError(`the file has ${status.size} bytes; the limit is ${MAX_BYTES}`);
    // Strip the byte order mark that Windows editors write.
    return readFileSync(descriptor, 'utf8').replace(/^\uFEFF/, '');
  } finally {
    closeSync(descriptor);
  }
}

function statFile(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? 'no such file' : messageOf(error));
  }
}

/** Converts each leaf of a document to a setting. */
class DocumentReader {
  private readonly errors = new ErrorCollector();
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly environment: Environment,
    private readonly section: Section,
  ) {}

  read(): Override[] {
    const { keys } = this.section;
    const contents = keys.length === 0 ? this.document.contents : this.document.getIn(keys, true);
    if (!isMap(contents)) throw new UserError('no settings found (expected lines such as "epochs: 100")');
    const overrides = this.settings(contents, '', []);
    this.errors.throw();
    return overrides;
  }

  /** @param ancestors the enclosing maps, to detect an alias that refers to itself */
  private settings(map: object, prefix: string, ancestors: readonly object[]): Override[] {
    if (ancestors.includes(map)) throw new UserError('an alias refers to itself');
    const { items } = map as { items: Pair[] };
    return items.flatMap((pair) => {
      const name = textOf(pair.key);
      if (prefix === '' && name === SCHEMA) return [];
      const key = name === OPTION && prefix !== '' ? prefix.slice(0, -1) : joinKey(prefix, name);
      const value = resolveAlias(pair.value, this.document);
      const line = this.lineOf(pair);
      if (isMap(value) && value.items.length > 0 && !/^[+~]/.test(key)) {
        this.checkDuplicate(`${key}: {}`, key, line);
        const start = { ...this.setting(key, new YAMLMap(), line), isMap: true } as const;
        return [start, ...this.settings(value, `${key}.`, [...ancestors, map])];
      }
      this.checkDuplicate(key, key, line);
      return [this.setting(key, value, line)];
    });
  }

  private setting(key: string, value: unknown, line: number): Override {
    const raw = toRawValue(value, this.document);
    const serialized = serialize(raw);
    // `~trackers:` means the same as ~trackers on the command line.
    const text = key.startsWith('~') && serialized === 'null' ? '' : serialized;
    const location = `in ${this.file}, line ${line}`;
    return {
      ...createOverride(key, text, { origin: this.section.origin, location, environment: this.environment }),
      raw,
    };
  }

  /** Reports duplicate keys. */
  private checkDuplicate(text: string, key: string, line: number): void {
    const firstLine = this.seen.get(text);
    if (firstLine !== undefined) this.report(`${key} is set twice, in lines ${firstLine} and ${line}`);
    this.seen.set(text, line);
    if (this.seen.size > MAX_SETTINGS) throw new UserError(`the file has more than ${MAX_SETTINGS} settings`);
  }

  private report(text: string): void {
    this.errors.add(new UserError(`${this.file}: ${text}.`, { exitCode: ExitCode.usage }));
  }

  private lineOf({ key }: Pair): number {
    return isScalar(key) && key.range ? this.lines.linePos(key.range[0]).line : 0;
  }
}

/** Limit on the number of settings, because nested aliases can expand to billions. */
const MAX_SETTINGS = 10_000;

/** A nested key; a sign moves to the front, as on the command line. */
export function joinKey(prefix: string, name: string): string {
  return /^[+~]/.test(name) ? `${name[0] ?? ''}${prefix}${name.slice(1)}` : prefix + name;
}
