import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { noteRun, readLabels, tagRun } from '../../../framework/run/labels';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('the labels of a run', () => {
  const root = temporaryFolder();
  const run = () => makeRun(root(), { id: 'a' });

  it('are none at first', () => {
    expect(readLabels(run())).to.deep.equal({ tags: [] });
  });

  it('are tags, each once, and a note', () => {
    tagRun(run(), ['baseline', 'paper-v2']);
    noteRun(run(), 'the one with 32 channels');
    tagRun(run(), ['baseline', 'größer'], ['paper-v2', 'never']);
    expect(readLabels(run())).to.deep.equal({ tags: ['baseline', 'größer'], note: 'the one with 32 channels' });
    expect(noteRun(run(), '')).to.deep.equal({ tags: ['baseline', 'größer'] });
  });

  for (const tag of ['', 'two words', '-x', 'a'.repeat(51), 'a\nb', '../x'])
    it(`do not accept ${JSON.stringify(tag)} as a tag`, () => {
      expect(() => tagRun(run(), ['good', tag])).to.throw(UserError, 'Invalid tag');
      expect(readLabels(run()).tags).to.deep.equal([]);
    });
});
