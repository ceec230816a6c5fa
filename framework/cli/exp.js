#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `exp needs Node 20.19 or newer, and this is ${process.versions.node}.\n  Install a newer one: https://nodejs.org`,
  );
  process.exit(1);
}
if (process.versions.pnp) {
  console.error(
    "exp does not run under Yarn's Plug'n'Play.\n  Have Yarn install into node_modules: yarn config set nodeLinker node-modules && yarn install",
  );
  process.exit(1);
}
try {
  process.cwd();
} catch {
  console.error('The working directory no longer exists.\n  Change to another one: cd ~');
  process.exit(1);
}
// An installed package has its code compiled, beside the sources that its declarations lead to.
const { existsSync } = require('node:fs');
const { join, sep } = require('node:path');
const compiled = join(__dirname, '../../dist/framework/cli/exp.js');
if (__dirname.includes(`${sep}node_modules${sep}`) && existsSync(compiled)) {
  require(compiled);
} else {
  require('../typescript');
  void require('./main').main(process.argv.slice(2));
}
