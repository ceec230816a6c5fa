import { UserError } from '../../errors';
import { pathspec, repositoryOf } from './source-record';

/** Number of changed files that an error names. */
const MAX_NAMES = 5;

/**
 * Checks that the code of a folder is committed.
 * @param except folder that does not contain code, such as that of all runs
 * @throws UserError naming the changed files, or if there is no repository
 */
export async function checkClean(folder: string, except: string): Promise<void> {
  const git = await repositoryOf(folder);
  const hint = 'Or remove checkDirty from the defaults of the project.';
  if (!git) throw new UserError(`${folder} is not in a git repository, which checkDirty requires.`, { hints: [hint] });
  const changes = await git.names(['status', '--porcelain', '-z', ...pathspec(git.folder, except)]);
  if (changes.length === 0) return;
  const names = changes.slice(0, MAX_NAMES).map((entry) => entry.slice('XY '.length));
  const omitted = changes.length > MAX_NAMES ? ` and ${changes.length - MAX_NAMES} more` : '';
  throw new UserError(`The code has changes that are not committed: ${names.join(', ')}${omitted}.`, {
    hints: ['Commit them, so that the run can be repeated.', hint],
  });
}
