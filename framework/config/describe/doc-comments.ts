import { readFileSync } from 'node:fs';
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

/** What a doc comment says of a declaration. */
export interface DocComment {
  /** `Settings`, `Settings.field` for the field of a class, or the name of a variable. */
  readonly name: string;
  /** The first sentence. */
  readonly summary: string;
  /** Line of the declaration, counted from 1. */
  readonly line: number;
}

/** Ends at a full stop that is not part of an abbreviation, as in "Ho et al. 2020, eq. 4". */
const FIRST_SENTENCE = /^.*?(?<!\b(?:al|eqs?|sec|fig|e\.g|i\.e))\.(?= |$)/;

/** The declarations of a TypeScript file with their doc comments. */
export function readDocComments(file: string): DocComment[] {
  const source = createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.ES2022, true);
  const comments: DocComment[] = [];
  const add = (name: string, node: Node) =>
    comments.push({ name, summary: summaryOf(node), line: lineOf(node, source) });
  forEachChild(source, (node) => {
    if (isClassDeclaration(node) && node.name) addClass(node, node.name.text, add);
    if (!isVariableStatement(node)) return;
    for (const { name } of node.declarationList.declarations) add(name.getText(source), node);
  });
  return comments;
}

function addClass(declaration: ClassDeclaration, name: string, add: (name: string, node: Node) => void): void {
  add(name, declaration);
  for (const field of declaration.members.filter(isPropertyDeclaration)) add(`${name}.${field.name.getText()}`, field);
}

/** The line of a declaration, after its comment. */
function lineOf(node: Node, source: SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function summaryOf(node: Node): string {
  const comment = getJSDocCommentsAndTags(node).find(isJSDoc)?.comment;
  const text = (getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ');
  return FIRST_SENTENCE.exec(text)?.[0] ?? text;
}
