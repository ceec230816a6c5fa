const { accessSync, constants, lstatSync, mkdirSync, readlinkSync, realpathSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const uid = process.getuid?.();

/** Whether only root and this user can write to it. By convention, a group with the user's own number has no other members. */
const isClosed = ({ mode, gid }) => !(mode & 0o002) && (!(mode & 0o020) || gid === uid);

/**
 * Checks that no other user can replace a path or a folder above it. Creates missing folders.
 * @param links maximum number of links to follow, as in Linux
 */
function isTrusted(path, links = 40) {
  const parent = dirname(path);
  if (parent !== path && !isTrusted(parent, links)) return false;
  if (!lstatSync(path, { throwIfNoEntry: false })) mkdirSync(path, { mode: 0o700 });
  const stat = lstatSync(path);
  if (uid !== undefined && stat.uid !== 0 && stat.uid !== uid) return false;
  if (stat.isSymbolicLink())
    return links > 0 && isTrusted(resolve(realpathSync(parent), readlinkSync(path)), links - 1);
  // In a sticky folder such as /tmp, others can create files but cannot replace those of this user.
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
