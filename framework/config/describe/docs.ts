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

/** Documentation of a class, a field or a preset, from its doc comment, the only place where it is described. */
export interface Doc {
  /** The first sentence of the comment. */
  readonly summary: string;
  /** Location of the declaration: `experiments/regress/index.ts:33`. */
  readonly location: string;
}

/** Ends at a full stop that is not part of an abbreviation, as in "Ho et al. 2020, eq. 4". */
const FIRST_SENTENCE = /^.*?(?<!\b(?:al|eqs?|sec|fig|e\.g|i\.e))\.(?= |$)/;

const NO_DOC: Doc = { summary: '', location: '' };

/** Docs by name: `Settings`, `Settings.field` for the field of a class, and of variables. */
type DocsByName = ReadonlyMap<string, Doc>;

/** Reads the doc comments of plugins and of the framework's settings classes from their source, on demand. */
export class Docs {
  private readonly read = new Map<string, DocsByName>();

  /**
   * @param roots folders that the names of plugin files are relative to
   * @param shared folders of the framework with settings classes that plugins extend
   */
  constructor(
    private readonly roots: readonly string[],
    private readonly shared: readonly string[],
  ) {}

  /** @param file of the plugin, whose folder is searched before the framework */
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
    const docs =
      this.read.get(folder) ?? new Map(sourcesIn(folder).flatMap((file) => docsOf(file, this.displayName(file))));
    this.read.set(folder, docs);
    return docs;
  }

  private displayName(file: string): string {
    // The working directory may be below the package.
    const [root] = this.roots
      .filter((each) => file.startsWith(join(each, '/')))
      .sort((one, other) => other.length - one.length);
    return root === undefined ? file : relative(root, file);
  }
}

/** The TypeScript files below a folder; empty if it does not exist. */
function sourcesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function docsOf(file: string, displayName: string): [string, Doc][] {
  const source = createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.ES2022, true);
  const docs: [string, Doc][] = [];
  const docOf = (node: Node): Doc => ({ summary: summaryOf(node), location: `${displayName}:${lineOf(node, source)}` });
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

/** The line of a declaration, after its comment, counted from 1. */
function lineOf(node: Node, source: SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function summaryOf(node: Node): string {
  const comment = getJSDocCommentsAndTags(node).find(isJSDoc)?.comment;
  const text = (getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ');
  return FIRST_SENTENCE.exec(text)?.[0] ?? text;
}
