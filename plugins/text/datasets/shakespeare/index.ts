import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { option } from 'explab';
import { TextDataset } from 'explab/text';

/** The first 100 kB of Shakespeare's Coriolanus, embedded (no download). */
@option(TextDataset, 'Shakespeare')
export class Shakespeare extends TextDataset {
  protected load(): string {
    return readFileSync(join(__dirname, 'coriolanus.txt'), 'utf8');
  }
}
