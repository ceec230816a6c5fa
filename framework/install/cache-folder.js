// Plain JavaScript: it locates the cache of compiled TypeScript before any TypeScript can be loaded.
const { homedir } = require('node:os');
const { isAbsolute, join } = require('node:path');

exports.cacheFolder = () => {
  const { EXPLAB_CACHE: named, XDG_CACHE_HOME: xdg = '' } = process.env;
  if (named) return named;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'explab');
  // By the XDG base directory specification, relative paths, the empty one included, are ignored.
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'explab');
};
