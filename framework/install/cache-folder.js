// Plain JavaScript: it says where compiled TypeScript is kept, before any TypeScript can be loaded.
const { homedir } = require('node:os');
const { isAbsolute, join } = require('node:path');

exports.cacheFolder = () => {
  const { EXPLAB_CACHE: named, XDG_CACHE_HOME: xdg = '' } = process.env;
  if (named) return named;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'explab');
  // The XDG base directory specification has paths that are not absolute ignored; the empty one is among them.
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'explab');
};
