// Runs TypeScript as it is written: each file is compiled when it is first required. Whoever can write to the folder of compiled code
// can run code as this user, so it is private, or nothing is kept. The compiler's default is a folder in /tmp that anyone could make.
const { accessSync, constants } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { cacheFolder } = require('./install/cache-folder');
const { isPrivateFolder } = require('./install/private-folder');

function compiledCodeFolder() {
  try {
    return process.env.SWC_NODE_CACHE_DIR || join(cacheFolder(), 'compiled');
  } catch {
    // A user without a home directory.
    return undefined;
  }
}

// Where the home directory cannot be written either, the compiler's native part is unpacked in the folder for temporary files.
try {
  accessSync(tmpdir(), constants.W_OK);
} catch {
  delete process.env.TMPDIR;
}
const folder = compiledCodeFolder();
if (folder !== undefined && isPrivateFolder(folder)) process.env.SWC_NODE_CACHE_DIR = folder;
else process.env.SWC_NODE_CACHE = '0';
process.env.SWC_NODE_PROJECT ||= join(__dirname, '../tsconfig.json');
require('@swc-node/register');
