/** A config value: a number, string or boolean, or a list or map of these to any depth. */
export type Data = Scalar | readonly Data[] | { readonly [name: string]: Data };
export type Scalar = number | string | boolean;

/** A value; undefined if not set. */
export type Plain = Data | undefined;

/**
 * The type of a value at run time: `'number'`, `['number']` for a list of numbers, `{ each: 'number' }` for a map of them by name,
 * `{ fields: { size: 'number' } }` for a record whose fields may be left out.
 */
export type Shape = 'number' | 'string' | 'boolean' | ListShape | MapShape | RecordShape;
export type ListShape = readonly [Shape];
export interface MapShape {
  readonly each: Shape;
}
export interface RecordShape {
  readonly fields: Readonly<Record<string, Shape>>;
}

/** The TypeScript type of a shape. */
export type Of<S extends Shape> = Shape extends S
  ? Data // An unknown shape; without this line the compiler would recurse without end.
  : S extends 'number'
    ? number
    : S extends 'string'
      ? string
      : S extends 'boolean'
        ? boolean
        : S extends readonly [infer Item extends Shape]
          ? readonly Of<Item>[]
          : S extends { readonly each: infer Item extends Shape }
            ? Readonly<Record<string, Of<Item>>>
            : S extends { readonly fields: infer Fields extends Readonly<Record<string, Shape>> }
              ? { readonly [Name in keyof Fields]?: Of<Fields[Name]> }
              : never;

/** The general type of a default: `number` for 32, `readonly number[]` for [1, 2]. */
export type Widened<T> = unknown extends T
  ? T
  : T extends number
    ? number
    : T extends string
      ? string
      : T extends boolean
        ? boolean
        : T extends readonly (infer Item)[]
          ? readonly Widened<Item>[]
          : Readonly<Record<string, Widened<T[keyof T & string]>>>;

export const isList = (shape: Shape): shape is ListShape => Array.isArray(shape);

export const isMap = (shape: Shape): shape is MapShape => typeof shape === 'object' && 'each' in shape;

export const isRecord = (shape: Shape): shape is RecordShape => typeof shape === 'object' && 'fields' in shape;

/**
 * The shape of a value, inferred from its first items.
 * @throws Error for an empty list or map, whose type cannot be inferred
 */
export function shapeOf(sample: Data): Shape {
  if (typeof sample !== 'object') return typeof sample as 'number' | 'string' | 'boolean';
  const [first] = Object.values(sample) as readonly Data[];
  if (first === undefined) throw new Error('Cannot infer the type of an empty list or map: pass it as `type`');
  return Array.isArray(sample) ? [shapeOf(first)] : { each: shapeOf(first) };
}

/** Readable name of a shape: "list of numbers". */
export function nameOf(shape: Shape, many = false): string {
  const plural = many ? 's' : '';
  if (isList(shape)) return `list${plural} of ${nameOf(shape[0], true)}`;
  if (isMap(shape)) return `map${plural} of ${nameOf(shape.each, true)}`;
  if (isRecord(shape)) return `record${plural} of ${Object.keys(shape.fields).join(', ')}`;
  return shape + plural;
}
