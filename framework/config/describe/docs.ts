import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { kept } from '../../kept-files';
import { CODE_ROOT } from '../../util/own-package';
import { type DocComment, readDocComments } from './doc-comments';
import type { Class } from '../declare/declare';
import { lineageOf } from '../resolve/lineage';

/** Documentation of a class, a field or a preset, from its doc comment, the only place where it is described. */
export interface Doc {
  /** The first sentence of the comment. */
  readonly summary: string;
  /** Location of the declaration: `experiments/regress/index.ts:33`. */
  readonly location: string;
}

/** File of recorded doc comments, in the root of the compiled code. */
export const DOC_COMMENTS = 'doc-comments.json';

const PARSER = join(__dirname, `doc-comments${extname(__filename)}`);

const NO_DOC: Doc = { summary: '', location: '' };

/** Docs by name: `Settings`, `Settings.field` for the field of a class, and of variables. */
type DocsByName = ReadonlyMap<string, Doc>;

/** Reads the doc comments of plugins and of the framework's settings classes from their source, on demand. */
export class Docs {
  private readonly read = new Map<string, DocsByName>();
  private readonly recorded = recordedComments();

  /**
   * @param roots folders that locations are relative to
   * @param shared folders of the framework with settings classes that plugins extend
   */
  constructor(
    private readonly roots: readonly string[],
    private readonly shared: readonly string[],
  ) {}

  /** @param file absolute path of the plugin, whose folder is searched before the framework */
  ofClass(type: Class, file: string | undefined): Doc {
    return this.find(type.name, file);
  }

  /** The documentation of a field, in `type` or a base class that declares it. */
  ofField(type: Class, field: string, file: string | undefined): Doc {
    const found = lineageOf(type).map(({ name }) => this.find(`${name}.${field}`, file));
    const declared = found.find(({ location }) => location !== '') ?? NO_DOC;
    // A class that overrides the default of a field need not document it again.
    return { ...declared, summary: found.find(({ summary }) => summary !== '')?.summary ?? '' };
  }

  /** The documentation of an exported variable of a plugin's file. */
  ofVariable(name: string, file: string): Doc {
    return this.find(name, file);
  }

  private find(name: string, file: string | undefined): Doc {
    const folders = [...(file === undefined ? [] : [dirname(file)]), ...this.shared];
    for (const folder of folders) {
      const doc = this.docsIn(folder).get(name);
      if (doc) return doc;
    }
    return NO_DOC;
  }

  private docsIn(folder: string): DocsByName {
    const docs =
      this.read.get(folder) ?? new Map(commentsBelow(folder, this.recorded).flatMap((file) => this.docsOf(...file)));
    this.read.set(folder, docs);
    return docs;
  }

  private docsOf(file: string, comments: readonly DocComment[]): [string, Doc][] {
    const path = this.displayName(file);
    return comments.map(({ name, summary, line }) => [name, { summary, location: `${path}:${line}` }]);
  }

  private displayName(file: string): string {
    // A project may be below the package.
    const [root] = this.roots
      .filter((each) => file.startsWith(join(each, '/')))
      .sort((one, other) => other.length - one.length);
    return root === undefined ? file : relative(root, file);
  }
}

/** The doc comments of the TypeScript files below a folder: of compiled code, those recorded when it was built. */
function commentsBelow(
  folder: string,
  all: RecordedComments | undefined,
): (readonly [file: string, readonly DocComment[]])[] {
  const recorded = folder.startsWith(join(CODE_ROOT, '/')) ? all : undefined;
  if (!recorded) return sourcesIn(folder).map((file) => [file, keptDocComments(file)]);
  const below = `${relative(CODE_ROOT, folder)}/`;
  const files = Object.entries(recorded).filter(([file]) => file.startsWith(below));
  return files.map(([file, comments]) => [join(CODE_ROOT, file), comments]);
}

/** Reads the doc comments of a file once, since TypeScript takes long to load and to parse. */
function keptDocComments(file: string): readonly DocComment[] {
  const read = () => JSON.stringify(readDocComments(file));
  return JSON.parse(kept([readFileSync(PARSER, 'utf8'), readFileSync(file, 'utf8')], '.json', read)) as DocComment[];
}

/** Doc comments by the file of their source, relative to the root of the code. */
type RecordedComments = Readonly<Record<string, readonly DocComment[]>>;

/** The doc comments of compiled code, by the file of its source; undefined where the sources run. */
function recordedComments(): RecordedComments | undefined {
  const file = join(CODE_ROOT, DOC_COMMENTS);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedComments;
}

/** The TypeScript files below a folder, or the declarations of a compiled package; empty if it does not exist. */
function sourcesIn(folder: string): string[] {
  const files = filesBelow(folder).filter((name) => name.endsWith('.ts'));
  const sources = files.filter((name) => !name.endsWith('.d.ts'));
  return sources.length > 0 ? sources : files;
}

function filesBelow(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => !/(^|\/)node_modules\//.test(name)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
