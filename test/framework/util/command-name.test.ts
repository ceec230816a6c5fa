import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandName } from '../../../framework/util/command-name';
import { temporaryFolder } from '../../support/temporary';

describe('the command in hints', () => {
  const folder = temporaryFolder();

  it('is npx exp in a project that has installed exp, also under npx, which adds it to the PATH', () => {
    const programs = join(folder(), 'node_modules/.bin');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'exp'), '');
    const root = join(folder(), 'node_modules/explab');
    expect(commandName(root, `${programs}:/nowhere`)).to.equal('npx exp');
    expect(commandName('/home/me/exp', '/nowhere')).to.equal('exp');
  });

  it('is exp where the PATH has it, as after npm install --global', () => {
    writeFileSync(join(folder(), 'exp'), '');
    expect(commandName('/usr/lib/node_modules/explab', `/nowhere:${folder()}`)).to.equal('exp');
  });
});
