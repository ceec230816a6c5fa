import { Monitor, type Scalars, Tracker, option } from 'explab';

/** Latest metrics next to the progress bar, without hardware metrics. */
@option(Tracker, 'Screen', undefined, Monitor)
export class ScreenTracker extends Tracker {
  constructor(private readonly monitor: Monitor) {
    super();
  }

  scalars(_step: number, scalars: Scalars): void {
    const shown = Object.entries(scalars).filter(([name]) => !name.startsWith('hardware/'));
    this.monitor.note(Object.fromEntries(shown));
  }

  flush(): void {
    // Nothing is buffered.
  }

  close(): void {
    // The tracker does not own the terminal.
  }
}
