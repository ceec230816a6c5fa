import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../../framework/project/project-root';
import { environment } from '../tensorflow/install-environment';
import { temporaryFolder } from '../../support/temporary';

describe("the project's folder", () => {
  const folder = temporaryFolder();
  const set = environment();
  const below = (...names: string[]) => {
    const path = join(folder(), ...names);
    mkdirSync(path, { recursive: true });
    return path;
  };

  it('is the nearest with a package.json, plugins or experiments', () => {
    const inner = below('project', 'src', 'deep');
    writeFileSync(join(folder(), 'project', 'package.json'), '{}');
    expect(projectRoot(inner)).to.equal(join(folder(), 'project'));
    below('project', 'src', 'experiments');
    expect(projectRoot(inner)).to.equal(join(folder(), 'project', 'src'));
  });

  it('is the working directory if there is no project', () => {
    const inner = below('a', 'b');
    expect(projectRoot(inner)).to.equal(inner);
  });

  it('is not the home folder of somebody who works below it', () => {
    set({ HOME: realpathSync(folder()) });
    expect(homedir()).to.equal(realpathSync(folder()));
    writeFileSync(join(folder(), 'package.json'), '{}');
    const inner = below('notes');
    expect(projectRoot(inner)).to.equal(inner);
    expect(projectRoot(folder())).to.equal(folder());
  });

  it('is that of EXPLAB_ROOT, which must exist', () => {
    set({ EXPLAB_ROOT: below('chosen') });
    expect(projectRoot(folder())).to.equal(join(folder(), 'chosen'));
    set({ EXPLAB_ROOT: join(folder(), 'nowhere') });
    expect(() => projectRoot(folder())).to.throw(/EXPLAB_ROOT=.*nowhere: there is no such folder/);
  });
});
