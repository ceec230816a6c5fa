import { closeSync, constants, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { inject } from 'inversify';
import { RunFolder, type Scalars, Tracker, option } from 'explab';

/** Writes each save as a line of metrics.jsonl in the run's folder. */
@option(Tracker, 'JSONL')
export class JSONLTracker extends Tracker {
  private readonly file: number;

  constructor(@inject(RunFolder) folder: RunFolder) {
    super();
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    // To open a pipe would wait for a reader: it fails instead.
    this.file = openSync(folder.metrics, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
  }

  scalars(step: number, scalars: Scalars): void {
    // JSON has no NaN and no infinity: they are written as text, which no reader takes for a number.
    const values = Object.entries(scalars).map(([name, value]): [string, unknown] => [
      name,
      Number.isFinite(value) ? value : String(value),
    ]);
    const line = { step, time: new Date().toISOString(), ...Object.fromEntries(values) };
    // writeFileSync goes on where one write takes a part only, as on a disk that is nearly full.
    writeFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  picture(): void {
    // Pictures are files of their own, in samples/.
  }

  flush(): void {
    fsyncSync(this.file);
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.file);
    }
  }
}
