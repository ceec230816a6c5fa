/** Display of progress. One bar at a time. */
export interface Display {
  /** Prints a permanent line. */
  line(text: string): void;
  /** Starts a bar. */
  start(name: string, total: number): void;
  /** Updates the bar. @param note text next to it, such as the loss */
  update(done: number, note: string): void;
  /** Removes the bar. */
  stop(): void;
}
