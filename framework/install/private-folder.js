const { accessSync, constants, lstatSync, mkdirSync, readlinkSync, realpathSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const uid = process.getuid?.();

/** Whether only root and this user can write there. A group that has the user's own number is the user's alone by convention. */
const isClosed = ({ mode, gid }) => !(mode & 0o002) && (!(mode & 0o020) || gid === uid);

/**
 * Whether no other user can replace what is at a path, neither itself nor a folder above it. Makes folders that are missing.
 * @param links how many links may be followed; Linux gives up after as many
 */
function isTrusted(path, links = 40) {
  const parent = dirname(path);
  if (parent !== path && !isTrusted(parent, links)) return false;
  if (!lstatSync(path, { throwIfNoEntry: false })) mkdirSync(path, { mode: 0o700 });
  const stat = lstatSync(path);
  if (uid !== undefined && stat.uid !== 0 && stat.uid !== uid) return false;
  if (stat.isSymbolicLink())
    return links > 0 && isTrusted(resolve(realpathSync(parent), readlinkSync(path)), links - 1);
  // In a sticky folder, as /tmp, others can make new files, but cannot replace those of this user.
  return stat.isDirectory() && (isClosed(stat) || (stat.mode & 0o1000) !== 0);
}

exports.isPrivateFolder = (path) => {
  try {
    if (!isTrusted(resolve(path))) return false;
    const stat = lstatSync(path);
    accessSync(path, constants.W_OK);
    return stat.isDirectory() && (uid === undefined || stat.uid === uid) && isClosed(stat);
  } catch {
    return false;
  }
};
