import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
} from 'typescript';

/** What the comments of a class say: the doc comment is the one place where an option or a setting is described. */
export interface ClassDoc {
  /** The first sentence of the class's comment. */
  readonly summary: string;
  /** The first sentence of each field's comment, a base class's fields left out. */
  readonly fields: ReadonlyMap<string, string>;
  /** The name of the class that it extends. */
  readonly base: string | undefined;
}

/** Reads the comments of the classes in a plugin's folder, by the name of the class. */
export function classDocs(pluginFile: string): Map<string, ClassDoc> {
  const folder = dirname(pluginFile);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return new Map(files.flatMap((name) => docsOf(join(folder, name))));
}

function docsOf(file: string): [string, ClassDoc][] {
  const source = createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.ES2022, true);
  const docs: [string, ClassDoc][] = [];
  forEachChild(source, (node) => {
    if (isClassDeclaration(node) && node.name) docs.push([node.name.text, docOf(node, source)]);
  });
  return docs;
}

function docOf(declaration: ClassDeclaration, source: SourceFile): ClassDoc {
  const fields = declaration.members
    .filter(isPropertyDeclaration)
    .map((member): [string, string] => [member.name.getText(source), summaryOf(member)]);
  const base = declaration.heritageClauses?.[0]?.types[0]?.expression.getText(source);
  return { summary: summaryOf(declaration), fields: new Map(fields), base };
}

function summaryOf(node: Node): string {
  const comment = getJSDocCommentsAndTags(node).find(isJSDoc)?.comment;
  const text = (getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ');
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}
