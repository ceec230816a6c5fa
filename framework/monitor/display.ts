/** Display of progress. One bar at a time. */
export interface Display {
  /** Prints a permanent line. */
  line(text: string): void;
  /** Starts a bar. @param done completed items, if it replaces a bar that was removed */
  start(name: string, total: number, done?: number): void;
  /** Updates the bar. @param note text next to it, such as the loss */
  update(done: number, note: string): void;
  /** Removes the bar. */
  stop(): void;
}
