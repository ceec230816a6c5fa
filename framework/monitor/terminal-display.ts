import { Presets, SingleBar } from 'cli-progress';
import type { Display } from './display';

/** Display with an animated bar, and lines above it. */
export class TerminalDisplay implements Display {
  private bar: SingleBar | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  line(text: string): void {
    this.stop();
    this.stream.write(`${text}\n`);
  }

  start(name: string, total: number, done = 0): void {
    this.stop();
    const format = `${name} {bar} {value}/{total}  {eta_formatted} left  {note}`;
    this.bar = new SingleBar(
      {
        format,
        stream: this.stream,
        clearOnComplete: true,
        hideCursor: true,
        barsize: 24,
        fps: 8,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    this.bar.start(total, done, { note: '' });
  }

  update(done: number, note: string): void {
    this.bar?.update(done, { note });
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
