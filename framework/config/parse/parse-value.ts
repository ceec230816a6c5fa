import { UserError } from '../../errors';
import { type ListShape, type MapShape, type RecordShape, type Shape, isList, isMap, isRecord } from '../declare/shape';
import { type RawValue, type RawText, parseYAML, toRawValue } from './raw-value';

/** Returns the value of a reference: `other.key`, or `env:NAME`. */
export type Lookup = (name: string) => unknown;

const WHOLE_REFERENCE = /^\$\{([^{}]+)\}$/;

/** Names of the references in a text. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/(\$?)\$\{([^{}]*)\}/g)].flatMap(([, escape, name]) => (escape === '' ? [name ?? ''] : []));
}

/**
 * Parses the value of an override as one of the expected shape. Limits are not checked.
 * @throws UserError for a malformed list or map, or an undefined reference
 */
export function parseValue(
  shape: Shape,
  { text, raw }: { readonly text: string; readonly raw?: RawValue },
  lookup: Lookup,
): unknown {
  return valueOf(expand(raw ?? unquote(text), shape), shape, lookup);
}

/** Parses a text that stands for a list or map. */
function expand(raw: RawValue, shape: Shape): RawValue {
  if (!('text' in raw) || WHOLE_REFERENCE.test(raw.text)) return raw;
  if (isList(shape)) return parseCollection(raw.text.startsWith('[') ? raw.text : `[${raw.text}]`, shape);
  return (isMap(shape) || isRecord(shape)) && raw.text.startsWith('{') ? parseCollection(raw.text, shape) : raw;
}

function parseCollection(text: string, shape: ListShape | MapShape | RecordShape): RawValue {
  try {
    const document = parseYAML(text);
    return toRawValue(document.contents, document);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`not a valid ${isList(shape) ? 'list' : 'map'}: ${error.message}`);
  }
}

/** Parses a quoted text by YAML's rules. If it is not one, such as `"a" or "b"`, the quotes are part of the text. */
function unquote(text: string): RawText {
  if (!/^(["']).*\1$/s.test(text)) return { text, quoted: false };
  try {
    const document = parseYAML(text);
    const raw = toRawValue(document.contents, document);
    if ('text' in raw && raw.quoted) return raw;
  } catch {
    // Not a YAML string: taken literally.
  }
  return { text, quoted: false };
}

function valueOf(raw: RawValue, shape: Shape, lookup: Lookup): unknown {
  if (Array.isArray(raw)) {
    const item = isList(shape) ? shape[0] : shape;
    return (raw as readonly RawValue[]).map((child) => valueOf(child, item, lookup));
  }
  if (raw instanceof Map) {
    const entries = [...(raw as ReadonlyMap<string, RawValue>)];
    // Entries instead of assignments, so that a name such as __proto__ stays a key, which validation rejects.
    return Object.fromEntries(
      entries.map(([name, child]) => [name, valueOf(child, shapeOfEntry(shape, name), lookup)]),
    );
  }
  return textValue(raw as RawText, shape, lookup);
}

/** The shape of an entry of a map or record; for an unknown field, which validation rejects, that of a text. */
function shapeOfEntry(shape: Shape, name: string): Shape {
  if (isRecord(shape)) return Object.hasOwn(shape.fields, name) ? (shape.fields[name] ?? 'string') : 'string';
  return isMap(shape) ? shape.each : shape;
}

function textValue({ text, quoted }: RawText, shape: Shape, lookup: Lookup): unknown {
  const resolved = resolveReferences(text, lookup);
  // Brackets are optional for a list of one item.
  if (typeof resolved !== 'string') return isList(shape) && !Array.isArray(resolved) ? [resolved] : resolved;
  if (quoted && referencesIn(text).length === 0) return resolved;
  if (typeof shape === 'string') return scalarOf(shape, resolved);
  return WHOLE_REFERENCE.test(text) ? valueOf(expand(unquote(resolved), shape), shape, lookup) : resolved;
}

/** Replaces the references in a text. If the text is a single reference, returns its value unconverted. */
function resolveReferences(text: string, lookup: Lookup): unknown {
  const [, whole] = WHOLE_REFERENCE.exec(text) ?? [];
  if (whole !== undefined) return lookup(whole);
  return text.replace(/(\$?)\$\{([^{}]*)\}/g, (match: string, escape: string, name: string) => {
    if (escape !== '') return match.slice(1);
    const value = lookup(name);
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  });
}

function scalarOf(shape: 'number' | 'string' | 'boolean', text: string): unknown {
  if (shape === 'number')
    return /^[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : text;
  if (shape === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
