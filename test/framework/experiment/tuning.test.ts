import { appendFileSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ClassifySettings } from '../../../experiments/classify';
import { RunContainer } from '../../../framework/experiment/run-container';
import { Tuning } from '../../../framework/experiment/lifecycle/tuning';
import { appendJSONLine, readJSONLines } from '../../../framework/util/json-lines';
import { RunFolder } from '../../../framework/run/run-folder';
import { ingredientsOf } from '../../support/run-options';
import { temporaryFolder } from '../../support/temporary';

describe('tuning a run', () => {
  const runs = temporaryFolder();
  let folder: RunFolder;
  beforeEach(() => {
    folder = new RunFolder(runs());
  });

  /** A process that trains: what it says, and the learning rate of its updates. */
  function process() {
    const { resolution, settings } = new RunContainer(ingredientsOf('classify', ['learningRate=0.5']));
    if (!(settings instanceof ClassifySettings)) throw new Error('classify has other settings now');
    const said: string[] = [];
    const tuning = new Tuning(folder, resolution.dynamic, (text) => said.push(text));
    const rateAt = (step: number) => {
      tuning.before(step);
      return settings.learningRate;
    };
    const rates = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, index) => rateAt(first + index));
    return { said, rates };
  }

  const ask = (...set: string[]) => appendJSONLine(folder.tune, { time: 'now', set });
  const log = () =>
    readJSONLines(folder.tuned).map((line) => {
      const { step, request, set } = line as { step: number; request: number; set: string[] };
      return [step, request, ...set];
    });

  it('changes nothing if nothing was requested', () => {
    expect(process().rates(1, 3)).to.deep.equal([0.5, 0.5, 0.5]);
    expect(log()).to.deep.equal([]);
  });

  it('takes effect at the next step, which is logged and printed', () => {
    const { rates, said } = process();
    rates(1, 2);
    ask('learningRate=0.25');
    expect(rates(3, 4)).to.deep.equal([0.25, 0.25]);
    expect(log()).to.deep.equal([[3, 1, 'learningRate=0.25']]);
    expect(said).to.deep.equal(['learningRate: 0.5 → 0.25 from step 3 on']);
  });

  it('applies all requests since the last step, the last one for each setting', () => {
    const { rates, said } = process();
    ask('learningRate=0.25', 'logEverySteps=7');
    ask('learningRate=0.125');
    expect(rates(1, 1)).to.deep.equal([0.125]);
    expect(said).to.have.members(['learningRate: 0.5 → 0.125 from step 1 on', 'logEverySteps: 10 → 7 from step 1 on']);
  });

  it('is repeated at its step if the run is resumed from before it', () => {
    const { rates } = process();
    rates(1, 2);
    ask('learningRate=0.25');
    rates(3, 5);
    ask('learningRate=0.125');
    expect(rates(6, 7)).to.deep.equal([0.125, 0.125]);
    const before = readFileSync(folder.tuned, 'utf8');
    expect(process().rates(2, 7)).to.deep.equal([0.5, 0.25, 0.25, 0.25, 0.125, 0.125]);
    const resumed = process();
    expect(resumed.rates(5, 7)).to.deep.equal([0.25, 0.125, 0.125]);
    expect(resumed.said[0]).to.equal('learningRate: 0.5 → 0.25 from step 3 on');
    expect(readFileSync(folder.tuned, 'utf8')).to.equal(before);
  });

  it('while the run is stopped applies from the first step after, before a recorded change that is yet to be repeated', () => {
    process().rates(1, 3);
    ask('learningRate=0.25');
    process().rates(4, 5);
    ask('learningRate=0.125');
    const rates = [0.5, 0.125, 0.125, 0.125];
    expect(process().rates(2, 2)).to.deep.equal([0.125]);
    expect(process().rates(1, 4)).to.deep.equal(rates);
    expect(log().map(([step]) => step)).to.deep.equal([4, 2]);
  });

  it('skips invalid requests, and reports them', () => {
    const { rates, said } = process();
    appendFileSync(folder.tune, 'oops\n{"set":"learningRate=1"}\n');
    ask('learningRate=-1');
    ask('batchSize=3');
    ask('learningRate=0.25');
    expect(rates(1, 2)).to.deep.equal([0.25, 0.25]);
    expect(said.map((text) => /line (\d): /.exec(text)?.[1])).to.deep.equal(['1', '2', '3', '4', undefined]);
    expect(log()).to.deep.equal([[1, 5, 'learningRate=0.25']]);
  });

  it('waits for an incomplete line', () => {
    const { rates } = process();
    appendFileSync(folder.tune, '{"time":"now","set":["learning');
    expect(rates(1, 1)).to.deep.equal([0.5]);
    appendFileSync(folder.tune, 'Rate=0.25"]}\n');
    expect(rates(2, 2)).to.deep.equal([0.25]);
  });
});
