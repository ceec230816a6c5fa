/** Where progress is shown. One bar at a time. */
export interface Display {
  /** A line that stays. */
  line(text: string): void;
  /** Begins a bar. */
  start(name: string, total: number): void;
  /** Moves the bar. @param note what stands beside it, such as the loss */
  update(done: number, note: string): void;
  /** Ends the bar. */
  stop(): void;
}
