import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { CSV, CSVSettings } from '../../../plugins/tables/datasets/csv';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

describe('CSV', () => {
  const folder = temporaryFolder();

  function tableOf(text: string, settings: Partial<CSVSettings> = {}): CSV {
    const path = join(folder(), 'table.csv');
    writeFileSync(path, text);
    return new CSV(settingsOf(CSVSettings, { path, target: 'price', standardize: false, ...settings }));
  }

  it('reads the target and, as features, all other columns or the selected ones', async () => {
    const text = '\ufeffrooms,price,age\n1,10,"7"\r\n2, 20.5 ,8\n\n';
    const table = tableOf(text);
    expect(table.features).to.deep.equal(['rooms', 'age']);
    await table.open();
    expect(await table.read([1, 0])).to.deep.equal({
      x: { data: Float32Array.of(2, 8, 1, 7), shape: [2, 2] },
      y: { data: Float32Array.of(20.5, 10), shape: [2] },
    });
    const selected = tableOf(text, { columns: ['age'] });
    await selected.open();
    expect((await selected.read([0])).x).to.deep.equal({ data: Float32Array.of(7), shape: [1, 1] });
  });

  it('scales features to mean 0 and standard deviation 1, and a constant one to 0', async () => {
    const table = tableOf('a,b,price\n1,5,0\n3,5,0\n', { standardize: true });
    await table.open();
    expect((await table.read([0, 1])).x.data).to.deep.equal(Float32Array.of(-1, 0, 1, 0));
  });

  it('reports a missing file or column, and what is not a number, with row and column', async () => {
    expect(() => new CSV(settingsOf(CSVSettings, { path: join(folder(), 'none.csv') })).features).to.throw(
      UserError,
      'There is no file',
    );
    expect(() => tableOf('a,prize\n1,2\n').features).to.throw(UserError, 'has no column "price".');
    for (const cell of ['x', '', 'NaN']) {
      const error = await rejection(tableOf(`a,price\n1,2\n${cell},3\n`).open());
      expect(error).to.be.instanceOf(UserError);
      expect(error).to.match(new RegExp(`row 3, column "a": expected a number, got "${cell}"`));
    }
  });
});
