/** What a promise is rejected with. @throws Error where it is kept */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('The promise was kept, but should have been rejected.');
}
