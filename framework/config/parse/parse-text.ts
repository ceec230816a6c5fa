import { UserError } from '../../errors';
import type { ListShape, MapShape } from '../declare/shape';
import { type Shape, isList, isMap } from '../declare/shape';
import { type RawValue, type RawText, parseYAML, toRawValue } from './raw-value';

/** Gives what a reference names: `other.key`, or `env:NAME`. */
export type Lookup = (name: string) => unknown;

const WHOLE_REFERENCE = /^\$\{([^{}]+)\}$/;

/** The names that a text refers to. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/(\$?)\$\{([^{}]*)\}/g)].flatMap(([, escape, name]) => (escape === '' ? [name ?? ''] : []));
}

/**
 * The value that a text stands for, by the shape that is wanted; it is yet to be checked.
 * @throws UserError where a list or map is not one, or a reference leads nowhere
 */
export function parseText(shape: Shape, text: string, lookup: Lookup): unknown {
  return valueOf(read(shape, text), shape, lookup);
}

function read(shape: Shape, text: string): RawValue {
  const written = /^(["']).*\1$/s.test(text) ? quoted(text) : { text, quoted: false };
  if (WHOLE_REFERENCE.test(written.text)) return written;
  if (isList(shape)) return collection(written.text.startsWith('[') ? written.text : `[${written.text}]`, shape);
  return isMap(shape) && written.text.startsWith('{') ? collection(written.text, shape) : written;
}

function collection(text: string, shape: ListShape | MapShape): RawValue {
  try {
    const document = parseYAML(text);
    return toRawValue(document.contents, document);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`that is not a ${isList(shape) ? 'list' : 'map'}: ${error.message}`);
  }
}

/** A text in quotes, by YAML's rules; where it is none, such as `"a" or "b"`, the quotes are part of the text. */
function quoted(text: string): RawText {
  try {
    const document = parseYAML(text);
    const written = toRawValue(document.contents, document);
    if ('text' in written && written.quoted) return written;
  } catch {
    // Taken as it stands.
  }
  return { text, quoted: false };
}

function valueOf(written: RawValue, shape: Shape, lookup: Lookup): unknown {
  if (Array.isArray(written)) {
    const item = isList(shape) ? shape[0] : shape;
    return (written as readonly RawValue[]).map((each) => valueOf(each, item, lookup));
  }
  if (written instanceof Map) {
    const item = isMap(shape) ? shape.each : shape;
    const entries = [...(written as ReadonlyMap<string, RawValue>)];
    // Entries, not assignments: a name such as __proto__ stays a name, which the check refuses.
    return Object.fromEntries(entries.map(([name, each]) => [name, valueOf(each, item, lookup)]));
  }
  return textValue(written as RawText, shape, lookup);
}

function textValue({ text, quoted }: RawText, shape: Shape, lookup: Lookup): unknown {
  const found = resolved(text, lookup);
  // A list of one item is as good without brackets.
  if (typeof found !== 'string') return isList(shape) && !Array.isArray(found) ? [found] : found;
  if (quoted && referencesIn(text).length === 0) return found;
  if (!isList(shape) && !isMap(shape)) return scalarOf(shape, found);
  return WHOLE_REFERENCE.test(text) ? valueOf(read(shape, found), shape, lookup) : found;
}

/** A text with its references replaced; the value itself where the text is nothing but one reference. */
function resolved(text: string, lookup: Lookup): unknown {
  const [, whole] = WHOLE_REFERENCE.exec(text) ?? [];
  if (whole !== undefined) return lookup(whole);
  return text.replace(/(\$?)\$\{([^{}]*)\}/g, (match: string, escape: string, name: string) => {
    if (escape !== '') return match.slice(1);
    const found = lookup(name);
    return typeof found === 'string' ? found : JSON.stringify(found ?? null);
  });
}

function scalarOf(shape: 'number' | 'string' | 'boolean', text: string): unknown {
  if (shape === 'number')
    return /^[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : text;
  if (shape === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
