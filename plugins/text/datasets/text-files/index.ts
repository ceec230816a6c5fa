import { isUtf8 as isUTF8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, option, UserError, value } from 'explab';
import { TextDataset } from 'explab/text';

/** Settings of a text in files. */
export class TextFilesSettings {
  /** Text file, or folder whose .txt files, searched in depth, are joined in the order of their paths. */
  path = value(dataFolder('text'), { path: true });
}

/** Text in a file, or in the files of a folder; UTF-8. */
@option(TextDataset, 'TextFiles', TextFilesSettings)
export class TextFiles extends TextDataset {
  constructor(private readonly settings: TextFilesSettings) {
    super();
  }

  protected load(): string {
    return filesAt(this.settings.path).map(readText).join('\n');
  }
}

/** @throws UserError if there is no file */
function filesAt(path: string): string[] {
  const hints = ['Name your text file, or folder of .txt files: dataset.path=PATH'];
  if (!existsSync(path)) throw new UserError(`There is no file or folder ${path}.`, { hints });
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt'));
  if (names.length === 0) throw new UserError(`The folder ${path} has no .txt files.`, { hints });
  return names.sort().map((name) => join(path, name));
}

function readText(path: string): string {
  if (!statSync(path).isFile()) throw new UserError(`${path} cannot be read: it is not a file.`);
  const bytes = readFileSync(path);
  if (bytes.length === 0) throw new UserError(`${path} is empty.`, { hints: ['Write text to it, or remove it.'] });
  if (isUTF8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  throw new UserError(`${path} is not UTF-8.`, {
    hints: [`Convert it: iconv --from-code=ENCODING --to-code=UTF-8 ${path}`],
  });
}
