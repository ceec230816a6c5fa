import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { findStrays } from '../../../framework/project/strays';
import { temporaryFolder } from '../../support/temporary';

describe('code that looks like a plugin', () => {
  const folder = temporaryFolder();
  const strays = (...files: string[]) => {
    for (const file of files) {
      mkdirSync(dirname(join(folder(), file)), { recursive: true });
      writeFileSync(join(folder(), file), '');
    }
    return findStrays(folder()).map(({ file, remedy }) => `${file}: ${remedy}`);
  };

  it('is none in a project of plugins and a domain', () => {
    expect(
      strays('plugins/a/index.ts', 'plugins/a/part.ts', 'plugins/d/domain.ts', 'plugins/d/kinds/k.ts'),
    ).to.deep.equal([]);
  });

  it('is named with what to do', () => {
    expect(
      strays('plugins/index.ts', 'plugins/mine.ts', 'plugins/b/index.mts', 'plugins/c/x.ts', 'src/plugins/y.ts'),
    ).to.deep.equal([
      'src/plugins: Plugins are found below plugins/ and experiments/ of the project.',
      'plugins/index.ts: A plugin is a folder of its own: move it to plugins/NAME/index.ts.',
      'plugins/mine.ts: A plugin is a folder of its own: move it to plugins/mine/index.ts.',
      'plugins/b/index.mts: A plugin is an index.ts or index.js: rename it.',
      'plugins/c/x.ts: plugins/c has code but no index.ts, which would export its options.',
    ]);
  });
});
