// A command uses a small part of what its files import, so imports of exp's own code are loaded when they are first used. Plugins of others
// are loaded whole, so that a mistake in any file is told at once; so is an import that does not resolve.
const Module = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const OWN = ['framework', 'plugins', 'experiments'].map((folder) => join(ROOT, folder, '/'));

// Of what is compiled from "export * as x", the getter returns the function that loads.
const IMPORT = /(?<!\bexport \* as \w+ )\bfrom '([^']+)'/g;

exports.lazyImports = (code, filename) => {
  // Only help and lists read doc comments, and TypeScript takes as long to load as all the rest.
  if (!OWN.some((folder) => filename.startsWith(folder))) return ['typescript'];
  const require = Module.createRequire(filename);
  return [...code.matchAll(IMPORT)].map(([, name]) => name).filter((name) => resolves(name, require));
};

function resolves(name, require) {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
