import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { appendJSONLine, readJSONLines } from '../../../framework/util/json-lines';
import { temporaryFolder } from '../../support/temporary';

describe('lines of JSON', () => {
  const folder = temporaryFolder();
  const file = () => join(folder(), 'lines.jsonl');

  it('are none if there is no file', () => {
    expect(readJSONLines(file())).to.deep.equal([]);
  });

  it('are read in the order in which they were appended', () => {
    for (const index of [1, 2]) appendJSONLine(file(), { index });
    expect(readJSONLines(file())).to.deep.equal([{ index: 1 }, { index: 2 }]);
    expect(readFileSync(file(), 'utf8')).to.equal('{"index":1}\n{"index":2}\n');
  });

  it('keep their line numbers if one of them is not JSON', () => {
    appendFileSync(file(), 'oops\n\n');
    appendJSONLine(file(), { index: 3 });
    expect(readJSONLines(file())).to.deep.equal([undefined, undefined, { index: 3 }]);
  });

  it('are not appended to a truncated line', () => {
    appendFileSync(file(), '{"pla');
    expect(readJSONLines(file())).to.deep.equal([]);
    appendJSONLine(file(), { index: 2 });
    expect(readJSONLines(file())).to.deep.equal([undefined, { index: 2 }]);
  });
});
