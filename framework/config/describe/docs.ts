import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  type ClassDeclaration,
  type Node,
  ScriptTarget,
  type SourceFile,
  createSourceFile,
  forEachChild,
  getJSDocCommentsAndTags,
  getTextOfJSDocComment,
  isClassDeclaration,
  isJSDoc,
  isPropertyDeclaration,
  isVariableStatement,
} from 'typescript';
import type { Class } from '../declare/declare';
import { lineageOf } from '../resolve/registry';

/** What the code says of a class, a field or a preset: the doc comment is the one place where it is described. */
export interface Doc {
  /** The first sentence of the comment. */
  readonly summary: string;
  /** Where it is declared: `experiments/diffuse/index.ts:33`. */
  readonly location: string;
}

/** Up to a full stop that is not an abbreviation's, as in "Ho et al. 2020, eq. 4". */
const FIRST_SENTENCE = /^.*?(?<!\b(?:al|eqs?|sec|fig|e\.g|i\.e))\.(?= |$)/;

const NO_DOC: Doc = { summary: '', location: '' };

/** Docs by name: `Settings`, `Settings.field` for the field of a class, and of variables. */
type DocsByName = ReadonlyMap<string, Doc>;

/** Reads the comments of plugins and of the framework's settings classes from their source, when they are asked for. */
export class Docs {
  private readonly read = new Map<string, DocsByName>();

  /**
   * @param roots what the names of plugins' files are relative to
   * @param shared folders of the framework with settings classes that plugins extend
   */
  constructor(
    private readonly roots: readonly string[],
    private readonly shared: readonly string[],
  ) {}

  /** @param file the plugin's, below which the class is looked for before it is in the framework */
  ofClass(type: Class, file: string | undefined): Doc {
    return this.find(type.name, file);
  }

  /** What is said of a field by the class that declares it, which may be one that `type` extends. */
  ofField(type: Class, field: string, file: string | undefined): Doc {
    const found = lineageOf(type).map(({ name }) => this.find(`${name}.${field}`, file));
    const declared = found.find(({ location }) => location !== '') ?? NO_DOC;
    // A class that gives a field another default need not describe it again.
    return { ...declared, summary: found.find(({ summary }) => summary !== '')?.summary ?? '' };
  }

  /** What is said of something that a plugin's file exports. */
  ofVariable(name: string, file: string): Doc {
    return this.find(name, file);
  }

  private find(name: string, file: string | undefined): Doc {
    const folders = [
      ...(file === undefined ? [] : this.roots.map((root) => dirname(join(root, file)))),
      ...this.shared,
    ];
    for (const folder of folders) {
      const doc = this.docsIn(folder).get(name);
      if (doc) return doc;
    }
    return NO_DOC;
  }

  private docsIn(folder: string): DocsByName {
    const docs = this.read.get(folder) ?? new Map(sourcesIn(folder).flatMap((file) => docsOf(file, this.shown(file))));
    this.read.set(folder, docs);
    return docs;
  }

  private shown(file: string): string {
    // The working directory may be below the package.
    const [root] = this.roots
      .filter((each) => file.startsWith(join(each, '/')))
      .sort((one, other) => other.length - one.length);
    return root === undefined ? file : relative(root, file);
  }
}

/** The TypeScript files below a folder; none where there is no such folder. */
function sourcesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function docsOf(file: string, shownAs: string): [string, Doc][] {
  const source = createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.ES2022, true);
  const docs: [string, Doc][] = [];
  const docOf = (node: Node): Doc => ({ summary: summaryOf(node), location: `${shownAs}:${lineOf(node, source)}` });
  forEachChild(source, (node) => {
    if (isClassDeclaration(node) && node.name) docs.push(...docsOfClass(node, node.name.text, docOf));
    if (!isVariableStatement(node)) return;
    for (const { name } of node.declarationList.declarations) docs.push([name.getText(source), docOf(node)]);
  });
  return docs;
}

function docsOfClass(declaration: ClassDeclaration, name: string, docOf: (node: Node) => Doc): [string, Doc][] {
  const fields = declaration.members.filter(isPropertyDeclaration);
  return [
    [name, docOf(declaration)],
    ...fields.map((field): [string, Doc] => [`${name}.${field.name.getText()}`, docOf(field)]),
  ];
}

/** The line of a declaration, after its comment, from 1. */
function lineOf(node: Node, source: SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function summaryOf(node: Node): string {
  const comment = getJSDocCommentsAndTags(node).find(isJSDoc)?.comment;
  const text = (getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ');
  return FIRST_SENTENCE.exec(text)?.[0] ?? text;
}
