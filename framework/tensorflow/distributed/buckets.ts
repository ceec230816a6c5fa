/** Minimum elements per buffer, except the last: 16 MB. Smaller buffers cost more messages, larger ones are sent later. */
const MIN_BUCKET_ELEMENTS = 2 ** 22;

/** Groups consecutive items into buckets of at least `minElements`. */
export function bucketsOf<T extends { readonly size: number }>(
  items: readonly T[],
  minElements = MIN_BUCKET_ELEMENTS,
): T[][] {
  const buckets: T[][] = [];
  let room = 0;
  for (const item of items) {
    if (room <= 0) {
      buckets.push([]);
      room = minElements;
    }
    buckets.at(-1)?.push(item);
    room -= item.size;
  }
  return buckets;
}
