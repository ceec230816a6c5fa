import { inject } from 'inversify';
import { Monitor, type Scalars, Tracker, option } from 'explab';

/** Shows the latest numbers beside the progress, those of the hardware left out. */
@option(Tracker, 'Screen')
export class ScreenTracker extends Tracker {
  constructor(@inject(Monitor) private readonly monitor: Monitor) {
    super();
  }

  scalars(_step: number, scalars: Scalars): void {
    const shown = Object.entries(scalars).filter(([name]) => !name.startsWith('hardware/'));
    this.monitor.note(Object.fromEntries(shown));
  }

  picture(): void {
    // A terminal shows no pictures.
  }

  flush(): void {
    // What is shown is shown.
  }

  close(): void {
    // The terminal is not the tracker's to close.
  }
}
