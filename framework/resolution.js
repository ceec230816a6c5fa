// What the imports of plugins stand for: 'explab', wherever the plugin lies, is the copy that runs, with its inversify, since the options of
// another copy would be of other kinds; and './x.js' may be a file x.ts, as TypeScript spells it in ES modules.
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');

const packageRoot = (folder) => (existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder)));
const ROOT = packageRoot(__dirname);
const { exports: EXPORTS } = require(join(ROOT, 'package.json'));

/** Key of `exports` for the code that runs: sources, or what was compiled from them. */
const CONDITION = join(__dirname, '..') === ROOT ? 'source' : 'default';

/** @param name 'explab', 'explab/images' or 'explab/images/testing' */
function ownFile(name) {
  const subpath = `.${name.slice('explab'.length)}`;
  const [, domain = '', rest = ''] = /^\.\/([^/]+)(.*)$/.exec(subpath) ?? [];
  const target = EXPORTS[subpath] ?? EXPORTS[`./*${rest}`];
  if (target === undefined) return undefined;
  const file = typeof target === 'string' ? target : target[CONDITION];
  return join(ROOT, file.replace('*', domain));
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) => {
  const resolve = (name, from = parent) => resolveFilename(name, from, ...rest);
  if (/^explab(\/|$)/.test(request)) return resolve(ownFile(request) ?? request);
  if (request === 'inversify') return resolve(request, module);
  try {
    return resolve(request);
  } catch (error) {
    if (!/^\..*\.js$/.test(request)) throw error;
    return resolve(request.replace(/js$/, 'ts'));
  }
};
