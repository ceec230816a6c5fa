import { inject } from 'inversify';
import { type Picture, RunFolder, type Scalars, SummaryWriter, Tracker, option } from 'explab';

/** TensorBoard event files, written by TensorFlow's own writer. */
@option(Tracker, 'TensorBoard')
export class TensorBoardTracker extends Tracker {
  private readonly writer: SummaryWriter;

  constructor(@inject(RunFolder) folder: RunFolder) {
    super();
    // TensorBoard's fast reader gives up on a file after a torn record: a resumed run writes a new file, and never appends.
    this.writer = new SummaryWriter(folder.tensorboard);
  }

  override resume(step: number): void {
    this.writer.writeStart(step + 1);
  }

  scalars(step: number, scalars: Scalars): void {
    this.writer.write(
      step,
      Object.entries(scalars).map(([tag, simpleValue]) => ({ tag, simpleValue })),
    );
  }

  picture(step: number, name: string, { png, width, height }: Picture): void {
    this.writer.write(step, [{ tag: name, image: { width, height, colorspace: 3, encodedImageString: png } }]);
  }

  override graph(definition: Buffer): void {
    this.writer.writeGraph(definition);
  }

  override record(step: number, record: Buffer): void {
    this.writer.writeRunMetadata(step, `step ${step}`, record);
  }

  flush(): void {
    this.writer.flush();
  }

  close(): void {
    this.writer.close();
  }
}
