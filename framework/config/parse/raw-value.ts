import { type Document, Lexer, type Node, Parser, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { UserError } from '../../errors';

/** A value as somebody wrote it, before its type is known; texts may hold references. */
export type RawValue = RawText | readonly RawValue[] | ReadonlyMap<string, RawValue>;

export interface RawText {
  readonly text: string;
  readonly quoted: boolean;
}

/** Deeper nesting is nobody's config, and YAML's parser is not made for it. */
const MAX_DEPTH = 64;

/** Aliases can make a short file stand for billions of values. */
const MAX_VALUES = 10_000;

/** Characters that stand for `${` and `}` while YAML is parsed, which would take braces for a map. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];

const hidden = (text: string) => text.replace(/\$\{([^{}]*)\}/g, `${OPEN}$1${CLOSE}`);
const unhidden = (text: string) => text.replaceAll(OPEN, '${').replaceAll(CLOSE, '}');

/**
 * Parses YAML, of which JSON is a part, in time and memory bounded by the text's length.
 * @param options are the parser's: a line counter
 * @throws UserError saying what is wrong, without a full stop
 */
export function parseYAML(text: string, options: Parameters<typeof parseDocument>[1] = {}): Document.Parsed {
  checkDepth(text);
  // The parser compares each key with all before it; whoever reads the map finds doubles in less time.
  const document = parseDocument(hidden(text), {
    ...options,
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: true,
  });
  const [error] = document.errors;
  if (!error) return document;
  throw new UserError(unhidden(error.message.split('\n')[0] ?? '').replace(/[:.]$/, ''));
}

/** Reads a text as the parser does, without recursion, and stops where it is nested too deep for the rest of the parser. */
function checkDepth(text: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    // Each level has its collection and an item of it.
    if (parser.stack.length > 2 * MAX_DEPTH) throw tooDeep();
  }
}

const tooDeep = () => new UserError(`it is nested more than ${MAX_DEPTH} deep`);

/**
 * What a node of a parsed document says, its aliases followed.
 * @throws UserError where aliases stand for too many values or for themselves
 */
export function toRawValue(node: unknown, document: Document, budget = { left: MAX_VALUES }, depth = 0): RawValue {
  if (budget.left-- === 0) throw new UserError(`it stands for more than ${MAX_VALUES} values`);
  if (depth > MAX_DEPTH) throw tooDeep();
  const inner = (child: unknown) => toRawValue(child, document, budget, depth + 1);
  const found = resolveAlias(node, document);
  if (isSeq(found)) return found.items.map(inner);
  if (isMap(found)) return new Map(found.items.map(({ key, value }) => [textOf(key), inner(value)]));
  return scalarOf(found);
}

/** The node that an alias stands for. */
export function resolveAlias(node: unknown, document: Document): Node | undefined {
  if (!isAlias(node)) return node as Node | undefined;
  const found = node.resolve(document) as Node | undefined;
  if (!found) throw new UserError(`*${node.source} stands for nothing: there is no &${node.source} before it`);
  return found;
}

/** A scalar's text. @throws UserError for what is none, such as a list that is a key */
export function textOf(node: unknown): string {
  if (!isScalar(node)) throw new UserError('a name is not a text');
  return unhidden(String(node.value));
}

function scalarOf(node: unknown): RawText {
  // An empty node is YAML's null.
  if (!isScalar(node) || (node.value === '' && node.type === 'PLAIN')) return { text: 'null', quoted: false };
  return { text: node.type === 'PLAIN' && textOf(node) === '~' ? 'null' : textOf(node), quoted: node.type !== 'PLAIN' };
}

/** The text that is read as the same again. */
export function serialize(written: RawValue): string {
  if (written instanceof Map) {
    return `{${[...written].map(([name, item]) => `${JSON.stringify(name)}: ${serialize(item as RawValue)}`).join(', ')}}`;
  }
  if (Array.isArray(written)) return `[${(written as readonly RawValue[]).map(serialize).join(', ')}]`;
  const { text, quoted } = written as RawText;
  // A number or a flag stays what it is; any other text is safest in quotes.
  return !quoted && /^([-+.\w]+|\$\{[^{}]*\})$/.test(text) ? text : JSON.stringify(text);
}
