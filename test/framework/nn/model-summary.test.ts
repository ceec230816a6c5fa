import { expect } from 'chai';
import { Linear } from '../../../framework/nn/linear';
import { linesOf, summarizeModels, tableOf } from '../../../framework/nn/model-summary';
import { Module } from '../../../framework/nn/module';
import { ones } from '../../../framework/nn/initializers';
import { Parameter } from '../../../framework/nn/parameter';

class Network extends Module {
  scale = new Parameter([], ones);
  gains = [new Parameter([2], ones), new Parameter([3], ones)];
  head = new Linear(3, 2);
  shared = this.head;
}

describe('A summary of models', () => {
  it('has each module with the parameters that are in no other module, and the totals', () => {
    const { modules, count, bytes } = summarizeModels({ model: new Network() });
    expect(modules).to.deep.equal([
      {
        name: 'model',
        class: 'Network',
        parameters: [
          { name: 'scale', shape: [] },
          { name: 'gains.0', shape: [2] },
          { name: 'gains.1', shape: [3] },
        ],
        count: 6,
      },
      {
        name: 'model.head',
        class: 'Linear',
        parameters: [
          { name: 'weight', shape: [2, 3] },
          { name: 'bias', shape: [2] },
        ],
        count: 8,
      },
    ]);
    expect({ count, bytes }).to.deep.equal({ count: 14, bytes: 56 });
  });

  it('is a table, as an artifact and as aligned lines', () => {
    const summary = summarizeModels({ generator: new Linear(1000, 2), discriminator: new Linear(1, 1) });
    expect(tableOf(summary).content).to.equal(
      'module,class,shapes,parameters\n' +
        'generator,Linear,"weight [2,1000], bias [2]",2002\n' +
        'discriminator,Linear,"weight [1,1], bias [1]",2\n',
    );
    expect(linesOf(summary)).to.deep.equal([
      'module         class   shapes                     parameters',
      'generator      Linear  weight [2,1000], bias [2]  2,002',
      'discriminator  Linear  weight [1,1], bias [1]     2',
      '2,004 parameters, 0.00802 MB',
    ]);
  });
});
