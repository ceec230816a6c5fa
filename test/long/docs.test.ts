import { join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS } from '../support/documents';
import { failuresIn } from '../support/reading';
import { temporaryFolder } from '../support/temporary';

describe('every document', () => {
  const folder = temporaryFolder(join(__dirname, '../..'));

  it('has working commands', async function () {
    this.timeout(1_800_000);
    expect(await failuresIn(DOCUMENTS, folder())).to.deep.equal([]);
  });
});
