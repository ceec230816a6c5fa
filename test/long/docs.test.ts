import { join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS } from '../support/documents';
import { failuresIn } from '../support/reading';
import { temporaryFolder } from '../support/temporary';

/** Its commands make a project of its own: test/long/own-project.test.ts. */
const ELSEWHERE = 'docs/own-project.md';

describe('every document', () => {
  const folder = temporaryFolder(join(__dirname, '../..'));

  it('has working commands', async function () {
    this.timeout(1_800_000);
    expect(
      await failuresIn(
        DOCUMENTS.filter((document) => document !== ELSEWHERE),
        folder(),
      ),
    ).to.deep.equal([]);
  });
});
