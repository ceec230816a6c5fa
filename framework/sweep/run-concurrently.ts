/**
 * Processes items concurrently, in order. After an error no further item is started; those in progress finish before the error is
 * thrown.
 * @param limit maximum number of items processed at once
 * @param isOver returns true if no further item should be started
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
