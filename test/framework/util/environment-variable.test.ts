import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { runsFolder } from '../../../framework/run/runs-folder';
import { timeoutsFrom } from '../../../framework/cluster/connection';
import { environmentVariable } from '../../../framework/util/environment-variable';
import { cacheFolder } from '../../../framework/install/cache';

describe('An environment variable that is empty', () => {
  const FOLDERS = { EXPLAB_RUNS: '', EXPLAB_CACHE: '', XDG_CACHE_HOME: '' };
  const before = Object.entries(process.env).filter(([name]) => name in FOLDERS);
  afterEach(() => {
    for (const name of Object.keys(FOLDERS)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, Object.fromEntries(before));
  });

  it('counts as unset', () => {
    expect(environmentVariable('A', { A: '' })).to.equal(undefined);
    expect(environmentVariable('A', { A: '0' })).to.equal('0');
  });

  it('leaves the folders at their defaults', () => {
    Object.assign(process.env, FOLDERS);
    expect(runsFolder()).to.equal(resolve('runs'));
    const system = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
    expect(cacheFolder()).to.equal(join(homedir(), system, 'explab'));
  });

  it('leaves the timeouts of workers at their defaults', () => {
    expect(timeoutsFrom({ EXPLAB_MEETING_SECONDS: '' })).to.deep.equal(timeoutsFrom({}));
  });

  it('is not used as the cache folder if it is not an absolute path', function () {
    if (process.platform === 'darwin') this.skip();
    const { EXPLAB_CACHE: cache, XDG_CACHE_HOME: xdg } = process.env;
    try {
      delete process.env['EXPLAB_CACHE'];
      process.env['XDG_CACHE_HOME'] = 'relative';
      expect(cacheFolder()).to.equal(join(homedir(), '.cache', 'explab'));
      process.env['XDG_CACHE_HOME'] = '/absolute';
      expect(cacheFolder()).to.equal('/absolute/explab');
    } finally {
      Object.assign(process.env, { EXPLAB_CACHE: cache ?? '', XDG_CACHE_HOME: xdg ?? '' });
    }
  });
});
