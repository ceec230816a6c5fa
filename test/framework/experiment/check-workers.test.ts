import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { checkWorkers } from '../../../framework/experiment/distributed/check-workers';
import { ImageExperimentSettings } from '../../../plugins/images/image-experiment';
import { Linear } from '../../../framework/nn/linear';

class Settings extends ImageExperimentSettings {
  readonly model = new Linear(1, 1);
}

describe('Settings for several workers', () => {
  const having = (values: Partial<Settings>) => Object.assign(Object.create(Settings.prototype) as Settings, values);

  it('must give every worker the same share of a batch', () => {
    expect(() => checkWorkers(having({ batchSize: 64, microBatches: 1 }), 4)).not.to.throw();
    expect(() => checkWorkers(having({ batchSize: 64, microBatches: 1 }), 3)).to.throw(
      UserError,
      /64 cannot .* 3 workers/,
    );
    expect(() => checkWorkers(having({ batchSize: 12, microBatches: 4 }), 2)).to.throw(UserError, /4 micro-batches/);
  });

  it('must enable a graph', () => {
    expect(() => checkWorkers(having({ compile: 'false' }), 2)).to.throw(UserError, /compile=false/);
  });
});
