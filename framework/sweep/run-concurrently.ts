/**
 * Does work on items in so many places at once: whichever place is free takes the next item, and none waits for others.
 * After an error no item is begun; those that are under way come to their end before the error is thrown.
 * @param isOver whether no further item is to be begun
 */
export async function runConcurrently<T>(
  limit: number,
  items: Iterable<T>,
  isOver: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (errors.length === 0 && !isOver()) {
      const [item] = queue.splice(0, 1);
      if (item === undefined) return;
      await work(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
}
