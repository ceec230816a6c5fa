import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SummaryWriter } from '../../../framework/tensorflow/summary-writer';
import { temporaryFolder } from '../../support/temporary';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

/** What TensorBoard's own reader makes of the files is tested with the TensorBoard tracker. */
describe('SummaryWriter', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const folder = (): string => join(root(), 'deep', 'events');

  it('creates the folder, and a file named as TensorBoard expects', () => {
    new SummaryWriter(folder()).close();
    const [file, ...others] = readdirSync(folder());
    expect(file).to.match(/^events\.out\.tfevents\.\d+\..*\.v2$/);
    expect(others).to.deep.equal([]);
  });

  it('has written everything to disk after a flush', () => {
    const writer = new SummaryWriter(folder());
    const file = join(folder(), readdirSync(folder())[0]!);
    writer.flush();
    const before = statSync(file).size;
    writer.write(1, [{ tag: 'a tag of its own', simpleValue: 0.5 }]);
    writer.flush();
    expect(statSync(file).size).to.be.above(before);
    expect(readFileSync(file, 'latin1')).to.include('a tag of its own');
    writer.close();
  });

  it('writes only to the file of its folder', () => {
    const writers = ['first', 'second'].map((name) => [name, new SummaryWriter(join(root(), name))] as const);
    for (const [name, writer] of writers) writer.write(1, [{ tag: `of ${name}`, simpleValue: 1 }]);
    for (const [, writer] of writers) writer.close();
    for (const [name] of writers) {
      const [file] = readdirSync(join(root(), name));
      expect(readFileSync(join(root(), name, file!), 'latin1').match(/of (first|second)/g)).to.deep.equal([
        `of ${name}`,
      ]);
    }
  });

  it('starts a new file in a folder that has one, also within the same second', () => {
    for (const step of [1, 2]) {
      const writer = new SummaryWriter(folder());
      writer.write(step, [{ tag: 'loss', simpleValue: step }]);
      writer.close();
    }
    expect(readdirSync(folder())).to.have.length(2);
  });

  it('leaks no tensors', async () => {
    const writing = (): void => {
      const writer = new SummaryWriter(folder());
      writer.write(1, [{ tag: 'loss', simpleValue: 1 }]);
      writer.flush();
      writer.close();
    };
    expect(await tensorsKept(writing)).to.equal(0);
  });
});
