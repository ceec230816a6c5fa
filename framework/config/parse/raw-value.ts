import { type Document, Lexer, type Node, Parser, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { UserError } from '../../errors';

/** A parsed value before its type is known; texts may contain references. */
export type RawValue = RawText | readonly RawValue[] | ReadonlyMap<string, RawValue>;

export interface RawText {
  readonly text: string;
  readonly quoted: boolean;
}

/** Limit on nesting: the YAML parser recurses. */
const MAX_DEPTH = 64;

/** Limit on values: aliases can expand a short file to billions. */
const MAX_VALUES = 10_000;

/** Placeholders for `${` and `}` while YAML is parsed, which would read the braces as a map. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];

const hideReferences = (text: string) => text.replace(/\$\{([^{}]*)\}/g, `${OPEN}$1${CLOSE}`);
const restoreReferences = (text: string) => text.replaceAll(OPEN, '${').replaceAll(CLOSE, '}');

/**
 * Parses YAML, a superset of JSON, in time and memory bounded by the text's length.
 * @param options of the parser, such as a line counter
 * @throws UserError with the parser's message, without a full stop
 */
export function parseYAML(text: string, options: Parameters<typeof parseDocument>[1] = {}): Document.Parsed {
  checkDepth(text);
  // The parser's own check for duplicate keys is quadratic; readers of the map check in linear time.
  const document = parseDocument(hideReferences(text), {
    ...options,
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: true,
  });
  const [error] = document.errors;
  if (!error) return document;
  throw new UserError(restoreReferences(error.message.split('\n')[0] ?? '').replace(/[:.]$/, ''));
}

/** Tokenizes a text, without recursion, and rejects nesting that is too deep for the rest of the parser. */
function checkDepth(text: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    // Each level has a collection and an item.
    if (parser.stack.length > 2 * MAX_DEPTH) throw depthError();
  }
}

const depthError = () => new UserError(`nested more than ${MAX_DEPTH} levels deep`);

/**
 * Converts a node of a parsed document, resolving aliases.
 * @throws UserError if aliases expand to too many values or refer to themselves
 */
export function toRawValue(node: unknown, document: Document, budget = { remaining: MAX_VALUES }, depth = 0): RawValue {
  if (budget.remaining-- === 0) throw new UserError(`it expands to more than ${MAX_VALUES} values`);
  if (depth > MAX_DEPTH) throw depthError();
  const inner = (child: unknown) => toRawValue(child, document, budget, depth + 1);
  const resolved = resolveAlias(node, document);
  if (isSeq(resolved)) return resolved.items.map(inner);
  if (isMap(resolved)) return new Map(resolved.items.map(({ key, value }) => [textOf(key), inner(value)]));
  return scalarOf(resolved);
}

/** The target of an alias; any other node unchanged. @throws UserError for an undefined alias */
export function resolveAlias(node: unknown, document: Document): Node | undefined {
  if (!isAlias(node)) return node as Node | undefined;
  const resolved = node.resolve(document) as Node | undefined;
  if (!resolved) throw new UserError(`undefined alias *${node.source}: there is no &${node.source} before it`);
  return resolved;
}

/** The text of a scalar. @throws UserError for any other node, such as a list as a key */
export function textOf(node: unknown): string {
  if (!isScalar(node)) throw new UserError('a key is not a string');
  return restoreReferences(String(node.value));
}

function scalarOf(node: unknown): RawText {
  // An empty node is YAML's null.
  if (!isScalar(node) || (node.value === '' && node.type === 'PLAIN')) return { text: 'null', quoted: false };
  return { text: node.type === 'PLAIN' && textOf(node) === '~' ? 'null' : textOf(node), quoted: node.type !== 'PLAIN' };
}

/** Serializes a value so that parsing returns the same value. */
export function serialize(raw: RawValue): string {
  if (raw instanceof Map) {
    return `{${[...raw].map(([name, item]) => `${JSON.stringify(name)}: ${serialize(item as RawValue)}`).join(', ')}}`;
  }
  if (Array.isArray(raw)) return `[${(raw as readonly RawValue[]).map(serialize).join(', ')}]`;
  const { text, quoted } = raw as RawText;
  // Numbers and booleans are written as they are; any other string is quoted.
  return !quoted && /^([-+.\w]+|\$\{[^{}]*\})$/.test(text) ? text : JSON.stringify(text);
}
