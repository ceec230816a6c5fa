import { closeSync, constants, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { type Artifact, RunFolder, type Scalars, Tracker, option } from 'explab';

/** One line per logged step, and one per artifact with the path of its file, in metrics.jsonl of the run's folder. */
@option(Tracker, 'JSONL', undefined, RunFolder)
export class JSONLTracker extends Tracker {
  private readonly file: number;

  constructor(folder: RunFolder) {
    super();
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    // O_NONBLOCK: opening a pipe fails instead of waiting for a reader.
    this.file = openSync(folder.metrics, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
  }

  scalars(step: number, scalars: Scalars): void {
    // JSON has no NaN and no infinity: they are written as text, which readers do not mistake for numbers.
    const values = Object.entries(scalars).map(([name, value]): [string, unknown] => [
      name,
      Number.isFinite(value) ? value : String(value),
    ]);
    this.writeLine({ step, time: new Date().toISOString(), ...Object.fromEntries(values) });
  }

  override artifact(step: number, name: string, { type }: Artifact, path: string | undefined): void {
    this.writeLine({ step, time: new Date().toISOString(), artifact: { name, type, path } });
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

  private writeLine(line: object): void {
    // writeFileSync continues after a partial write, as on a nearly full disk.
    writeFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
