import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { TextFiles, TextFilesSettings } from '../../../plugins/text/datasets/text-files';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

describe('TextFiles', () => {
  const folder = temporaryFolder();
  const textAt = (path: string) => new TextFiles(settingsOf(TextFilesSettings, { path: join(folder(), path) })).text;

  function write(path: string, content: string | Buffer): string {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), content);
    return path;
  }

  it('reads a file, or the .txt files of a folder in the order of their paths', () => {
    expect(textAt(write('one.md', '\uFEFFnaïve'))).to.equal('naïve');
    write('folder/b.txt', 'third');
    write('folder/a/z.txt', 'second');
    write('folder/a.txt', 'first');
    write('folder/notes.md', 'no');
    expect(textAt('folder')).to.equal('first\nsecond\nthird');
  });

  it('reports a missing path, an empty file or folder, and another encoding', () => {
    expect(() => textAt('none.txt')).to.throw(UserError, /There is no file or folder .*none\.txt\./);
    expect(() => textAt(write('empty.txt', ''))).to.throw(UserError, /empty\.txt is empty\./);
    mkdirSync(join(folder(), 'bare'));
    expect(() => textAt('bare')).to.throw(UserError, /bare has no \.txt files\./);
    expect(() => textAt(write('latin1.txt', Buffer.from('caf\xe9', 'latin1')))).to.throw(UserError, /is not UTF-8\./);
  });
});
