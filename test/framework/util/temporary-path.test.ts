import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeJSON } from '../../../framework/util/json-file';
import { Attempt } from '../../../framework/run/status/attempt';
import { RunFolder } from '../../../framework/run/run-folder';
import { temporaryPath, withoutTemporarySuffix } from '../../../framework/util/temporary-path';
import { checkFolderWritable } from '../../../framework/util/writable';
import { temporaryFolder } from '../../support/temporary';

describe('a partially written file of a killed process', () => {
  const folder = temporaryFolder();
  /** The number of a process that has ended. */
  const { pid: dead } = spawnSync('true');

  /** A file, or a folder with one, that was last touched so many seconds ago. */
  function leave(name: string, seconds = 3600, isFolder = false): void {
    const path = join(folder(), name);
    mkdirSync(isFolder ? path : join(path, '..'), { recursive: true });
    writeFileSync(isFolder ? join(path, 'process.json') : path, '{');
    const then = Date.now() / 1000 - seconds;
    utimesSync(path, then, then);
  }

  it('is removed when the same is written again', () => {
    leave(`a.json.${dead}.tmp`);
    leave(`b.json.${dead}.tmp`);
    leave(`.exp.${dead}.tmp`, 3600, true);
    writeJSON(join(folder(), 'a.json'), {});
    checkFolderWritable(folder());
    expect(readdirSync(folder())).to.have.members(['a.json', `b.json.${dead}.tmp`]);
  });

  it('is removed from a run by the next process that writes the run', () => {
    leave(`labels.json.${dead}.tmp`);
    leave(`attempts/7.${dead}.tmp`, 3600, true);
    Attempt.claim(new RunFolder(folder())).end();
    expect([readdirSync(folder()), readdirSync(join(folder(), 'attempts'))]).to.deep.equal([['attempts'], ['1']]);
  });

  it('does not hinder a process with the same id', () => {
    leave(`.exp.${process.pid}.tmp`, 0, true);
    checkFolderWritable(folder());
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('stays if its process is alive or may be on a different machine, and if it is not a temporary file', () => {
    const names = [`a.json.${process.ppid}.tmp`, 'a.json', 'a.json.tmp', `a.json.${dead}.tmp.png`];
    for (const name of names) leave(name);
    leave(`a.json.${dead}.tmp`, 10);
    temporaryPath(join(folder(), 'a.json'));
    expect(readdirSync(folder())).to.have.members([...names, `a.json.${dead}.tmp`]);
  });

  it('is reported by its target path', () => {
    expect(withoutTemporarySuffix(join(temporaryPath('/none/attempts/2'), 'process.json'))).to.equal(
      '/none/attempts/2/process.json',
    );
  });
});
