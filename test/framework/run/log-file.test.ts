import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { TerminalDisplay } from '../../../framework/monitor/terminal-display';
import { LogFile } from '../../../framework/run/log-file';
import { temporaryFolder } from '../../support/temporary';

describe('the log of a run', () => {
  const folder = temporaryFolder();
  const file = () => join(folder(), 'log.txt');
  const logged = () => readFileSync(file(), 'utf8');

  /** A stream as a terminal's: what is written to it comes out. */
  function terminal() {
    const stream = new PassThrough({ encoding: 'utf8' });
    Object.assign(stream, { isTTY: true, columns: 80, getColorDepth: () => 8 });
    return stream as unknown as NodeJS.WriteStream & PassThrough;
  }

  it('has the output of two streams, in order, and leaves it on both', () => {
    const [one, other] = [terminal(), terminal()];
    const log = new LogFile(file(), [one, other]);
    one.write('first\n');
    other.write(Buffer.from('second\n'));
    one.write('third\n');
    log.close();
    one.write('after\n');
    expect(logged()).to.equal('first\nsecond\nthird\n');
    expect([one.read(), other.read()]).to.deep.equal(['first\nthird\nafter\n', 'second\n']);
  });

  it('has no colours, and only the last version of a line that was redrawn', () => {
    const stream = terminal();
    const log = new LogFile(file(), [stream]);
    stream.write('\x1b[1mbold\x1b[0m\r\n');
    stream.write(' 10 %\r 50 %\r100 %\nunfinished');
    log.close();
    expect(logged()).to.equal('bold\n100 %\nunfinished\n');
  });

  it('has no progress bars', async () => {
    const stream = terminal();
    const log = new LogFile(file(), [stream]);
    const display = new TerminalDisplay(stream);
    display.line('Prepare data ... 0.1 s');
    display.start('Train', 3);
    for (const done of [1, 2, 3]) {
      display.update(done, `loss ${done}`);
      await new Promise((resolve) => setTimeout(resolve, 130));
    }
    display.line('epoch 1/1');
    log.close();
    expect(stream.read()).to.contain('Train');
    expect(logged()).to.equal('Prepare data ... 0.1 s\nepoch 1/1\n');
  });

  it('is appended to', () => {
    for (const text of ['one\n', 'two\n']) {
      const log = new LogFile(file(), []);
      log.write(text);
      log.close();
    }
    expect(logged()).to.equal('one\ntwo\n');
  });

  it('of two runs in one process ends with its run', () => {
    const stream = terminal();
    const [first, second] = ['first.txt', 'second.txt'].map((name) => new LogFile(join(folder(), name), [stream]));
    stream.write('both\n');
    first!.close();
    stream.write('one\n');
    second!.close();
    stream.write('none\n');
    const read = (name: string) => readFileSync(join(folder(), name), 'utf8');
    expect([read('first.txt'), read('second.txt')]).to.deep.equal(['both\n', 'both\none\n']);
    expect(stream.read()).to.equal('both\none\nnone\n');
  });
});
