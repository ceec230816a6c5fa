// Keeps what is made of source files, such as compiled code. Whoever can write to the folder can run code as this user, so it is private,
// or nothing is kept.
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { cacheFolder } = require('./install/cache-folder');
const { isPrivateFolder } = require('./install/private-folder');

function chosenFolder() {
  try {
    return process.env.SWC_NODE_CACHE_DIR || join(cacheFolder(), 'compiled');
  } catch {
    // A user without a home directory.
    return undefined;
  }
}

const ifPrivate = (folder) => (folder !== undefined && isPrivateFolder(folder) ? folder : undefined);
exports.keptFolder = ifPrivate(chosenFolder());

exports.kept = (inputs, extension, make) => {
  if (exports.keptFolder === undefined) return make();
  const hash = createHash('sha256').update(inputs.join('\0')).digest('hex');
  const file = join(exports.keptFolder, `${hash.slice(0, 32)}${extension}`);
  return readKept(file) ?? keep(make(), file);
};

function readKept(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Other processes read the file while this one writes it, so it appears whole. @returns the text */
function keep(text, file) {
  const part = `${file}.${process.pid}`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch {
    // A full disk, say. It is made again the next time.
    rmSync(part, { force: true });
  }
  return text;
}
