import { type Artifact, RunFolder, type Scalars, SummaryWriter, Tracker, option } from 'explab';
import { artifactValue } from './artifact-value';

/** TensorBoard event files, written by TensorFlow's own writer. */
@option(Tracker, 'TensorBoard', undefined, RunFolder)
export class TensorBoardTracker extends Tracker {
  private readonly writer: SummaryWriter;

  constructor(folder: RunFolder) {
    super();
    // TensorBoard's fast reader gives up on a file after a torn record: a resumed run writes a new file, and never appends.
    this.writer = new SummaryWriter(folder.tensorboard);
  }

  override resume(step: number): void {
    // Twice: the reader of TensorBoard's server takes the first start in a folder for that of a new run, and discards nothing.
    for (let count = 0; count < 2; count++) this.writer.writeStart(step + 1);
  }

  scalars(step: number, scalars: Scalars): void {
    this.writer.write(
      step,
      Object.entries(scalars).map(([tag, simpleValue]) => ({ tag, simpleValue })),
    );
  }

  override artifact(step: number, name: string, artifact: Artifact, path: string | undefined): void {
    this.writer.write(step, [artifactValue(name, artifact, path)]);
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
