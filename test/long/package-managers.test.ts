import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { installedPackage } from '../support/installed-package';
import { otherManagers } from '../support/package-managers';

describe('a project by exp init', function () {
  this.timeout(300_000);
  const stores = mkdtempSync(join(tmpdir(), '.explab-'));
  after(() => rmSync(stores, { recursive: true, force: true }));

  for (const [name, manager] of Object.entries(otherManagers(stores)))
    describe(`installed with ${name}`, () => {
      const project = installedPackage({ init: 'surf', manager });

      it('lists options', () => {
        expect(project.exp('list', 'surf')).to.match(/batchSize=.*per step/);
      });

      it('trains with a plugin of its own', () => {
        project.exp('new', 'callback', 'my-callback');
        const output = project.manage('exp', 'run', 'surf', 'callbacks=[MyCallback]', 'maxSteps=2');
        expect(output).to.match(/Completed after \d steps?/);
      });

      it('passes tsc, also with declarations of what it exports', () => {
        project.run('node_modules/.bin/tsc', '--noEmit', 'false', '--declaration', '--outDir', '../declared');
      });
    });
});
