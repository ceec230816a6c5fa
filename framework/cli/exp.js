#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `exp needs Node 20.19 or newer, and this is ${process.versions.node}.\n  Install a newer one: https://nodejs.org`,
  );
  process.exit(1);
}
try {
  process.cwd();
} catch {
  console.error('The working directory no longer exists.\n  Change to another one: cd ~');
  process.exit(1);
}
require('../typescript');
void require('./main').main(process.argv.slice(2));
