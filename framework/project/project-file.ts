import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { ExitCode, UserError, messageOf } from '../errors';
import { didYouMean } from '../util/nearest';
import { expandHome } from '../util/expand-home';
import { readManifest } from './manifest';

/** File of a project's defaults, in its folder. The key `explab` of its package.json can have them instead. */
const FILE = 'explab.yaml';

const TEXTS = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => [text]),
  ),
  v.array(v.string()),
]);

/** Settings by name; none for a key without a value. */
const SETTINGS = v.nullish(v.record(v.string(), v.unknown()), {});

const ENTRIES = {
  /** Folder of all runs. */
  runs: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Folder of the data of datasets. */
  data: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Whether a run needs a repository without uncommitted changes. */
  checkDirty: v.optional(v.boolean(), false),
  /** Further folders and files with plugins. */
  plugins: v.optional(TEXTS, []),
  /** Plugins of `plugins/` and `experiments/` that are not loaded, and what is below them. */
  ignore: v.optional(TEXTS, []),
  /** Settings of every experiment. */
  settings: SETTINGS,
  /** Settings of experiments, by their names. */
  experiments: v.nullish(v.record(v.string(), SETTINGS), {}),
};

type Content = v.InferOutput<ReturnType<typeof schema>>;

const schema = () => v.strictObject(ENTRIES);

/** A project's defaults. Paths are absolute. */
export interface ProjectFile extends Content {
  /** Where they are: a file, and the key below which they are. */
  readonly source: { readonly file: string; readonly keys: readonly string[] } | undefined;
}

/**
 * Reads a project's defaults, from `explab.yaml` or the key `explab` of its package.json.
 * @throws UserError for a malformed file, or if both exist
 */
export function readProjectFile(root: string): ProjectFile {
  const source = findSource(root);
  const content = validate(source ? contentOf(source) : {}, source?.file ?? FILE);
  const absolute = (path: string) => resolve(root, expandHome(path));
  return {
    ...content,
    source,
    runs: content.runs === undefined ? undefined : absolute(content.runs),
    data: content.data === undefined ? undefined : absolute(content.data),
    plugins: content.plugins.map(absolute),
    ignore: content.ignore.map(absolute),
  };
}

function findSource(root: string): ProjectFile['source'] {
  const file = join(root, FILE);
  const hasKey = readManifest(root)?.explab !== undefined;
  if (!existsSync(file)) return hasKey ? { file: join(root, 'package.json'), keys: ['explab'] } : undefined;
  if (!hasKey) return { file, keys: [] };
  throw new UserError(`${file} and the key explab of package.json both have defaults of the project.`, {
    hints: ['Move those of package.json to the file.'],
    exitCode: ExitCode.usage,
  });
}

function contentOf({ file, keys }: NonNullable<ProjectFile['source']>): unknown {
  try {
    const content = parse(readFileSync(file, 'utf8')) as unknown;
    return keys.reduce((value, key) => (value as Record<string, unknown>)[key], content) ?? {};
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error).split('\n')[0] ?? ''}`, { exitCode: ExitCode.usage });
  }
}

function validate(content: unknown, file: string): Content {
  const parsed = v.safeParse(schema(), content);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const key = v.getDotPath(issue) ?? '';
  const isUnknown = key !== '' && !key.includes('.') && !(key in ENTRIES);
  const message = isUnknown ? `unknown key "${key}"` : `${key}: expected ${issue.expected}`;
  throw new UserError(`${file}: ${message}.`, {
    hints: isUnknown ? [didYouMean(key, Object.keys(ENTRIES), 'Keys')] : [],
    exitCode: ExitCode.usage,
  });
}
