import { expect } from 'chai';
import { UserError } from '../../../../framework/errors';
import { type Choice, chooseRuns } from '../../../../framework/run/listing/choose-runs';
import { listRuns } from '../../../../framework/run/listing/list-runs';
import { tagRun } from '../../../../framework/run/labels';
import { makeRun } from '../../../support/runs';
import { temporaryFolder } from '../../../support/temporary';

describe('choosing runs', () => {
  const root = temporaryFolder();
  beforeEach(() => {
    makeRun(root(), {
      id: '1',
      record: { startedAt: '2026-11-01T00:00:00Z' },
      settings: { learningRate: 0.001, dataset: 'Digits', clipNorm: null, sizes: [1, 2], fast: true },
      points: [
        { step: 1, loss: 4, learningRate: 0.5 },
        { step: 2, loss: 6, learningRate: 0.25 },
      ],
    });
    makeRun(root(), {
      id: '2',
      record: { status: 'failed' },
      settings: { learningRate: 0.0001, dataset: 'MNIST', clipNorm: 1, sizes: [1, 2, 4], fast: false },
      points: [{ step: 9, loss: 5 }],
    });
    tagRun(makeRun(root(), { id: '10', experiment: 'classify', settings: { dataset: 'Digits' } }), ['baseline', 'x']);
  });

  const choose = (choice: Partial<Choice>, columns?: string[]) =>
    chooseRuns(listRuns(root()).runs, { status: [], where: [], reverse: false, limit: 0, ...choice }, columns);
  const ids = (choice: Partial<Choice>) => choose(choice).runs.map(({ summary }) => summary.id);

  it('selects all by default, up to a limit', () => {
    expect(ids({})).to.deep.equal(['10', '2', '1']);
    expect(ids({ reverse: true })).to.deep.equal(['1', '2', '10']);
    expect([ids({ limit: 2 }), choose({ limit: 2 }).total]).to.deep.equal([['10', '2'], 3]);
  });

  it('selects those with one of several statuses', () => {
    expect(ids({ status: ['failed'] })).to.deep.equal(['2']);
    expect(ids({ status: ['failed', 'completed'] })).to.have.length(3);
  });

  const cases: [condition: string, ids: string[]][] = [
    ['dataset=Digits', ['10', '1']],
    ['dataset!=Digits', ['2']],
    ['experiment=classify', ['10']],
    ['learningRate=1e-3', ['1']],
    ['learningRate<1e-3', ['2']],
    ['learningRate<=1e-3', ['2', '1']],
    ['learningRate>.0001', ['1']],
    ['learningRate>=0.0001', ['2', '1']],
    ['learningRate != 0.001', ['2']],
    ['fast=true', ['1']],
    ['clipNorm=none', ['10', '1']],
    ['sizes=[1, 2]', ['1']],
    ['sizes=4', ['2']],
    ['tags=baseline', ['10']],
    ['tags!=baseline', ['2', '1']],
    ['started<2026-11-15', ['1']],
    ['seconds=60', ['10', '2']],
    ['loss>5', ['1']],
    ['loss.last=6', ['1']],
    ['loss.min<5', ['1']],
    ['loss.max>=5', ['2', '1']],
    ['learningRate.last=0.25', ['1']],
    ['step=9', ['2']],
    ['dataset<3', []],
    ['loss<x', []],
  ];
  for (const [condition, expected] of cases)
    it(`selects those with ${condition}`, () => {
      expect(ids({ where: [condition] })).to.deep.equal(expected);
    });

  it('selects those for which all conditions hold', () => {
    expect(ids({ where: ['dataset=Digits', 'loss>5'] })).to.deep.equal(['1']);
  });

  it('sorts by any column, those without a value last', () => {
    expect(ids({ sort: 'learningRate' })).to.deep.equal(['2', '1', '10']);
    expect(ids({ sort: 'loss.min' })).to.deep.equal(['1', '2', '10']);
    expect(ids({ sort: 'loss', reverse: true })).to.deep.equal(['1', '2', '10']);
    expect(ids({ sort: 'experiment' })[0]).to.equal('10');
  });

  it('refuses unknown names, with the closest match', () => {
    expect(() => choose({ where: ['datset=Digits'] }))
      .to.throw(UserError, 'No run has a field, setting or metric "datset".')
      .with.nested.property('hints[0]')
      .that.matches(/^Did you mean dataset\?/);
    expect(() => choose({ sort: 'los' })).to.throw(UserError, 'No run has a field, setting or metric "los"');
    expect(() => choose({}, ['loss.mean'])).to.throw(UserError, 'No run has a field, setting or metric "loss.mean"');
    expect(() => choose({ where: ['constructor=1', '__proto__=1'] })).to.throw(UserError, 'metric "__proto__"');
  });

  it('refuses an invalid condition and an invalid limit', () => {
    expect(() => choose({ where: ['loss'] })).to.throw(UserError, '--where "loss" is not a condition.');
    expect(() => choose({ limit: -1 })).to.throw(UserError, '--limit -1');
    expect(() => choose({ limit: 1.5 })).to.throw(UserError, '--limit 1.5');
  });
});
