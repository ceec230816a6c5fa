/** Numbers in a buffer at least, unless there are no more: 16 MB of them. Small ones cost too many messages, large ones come too late. */
const MIN_BUCKET_ELEMENTS = 2 ** 22;

/** Puts neighbours together until a buffer is large enough. */
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
