import { existsSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { PACKAGE_ROOT } from './own-package';

/** `exp` as users type it: `npx exp` if a project has installed it, and their shell does not find it. */
export function commandName(root = PACKAGE_ROOT, path = process.env['PATH'] ?? ''): string {
  // npx and npm's scripts prepend the project's programs, which the shell does not have.
  const folders = path.split(delimiter).filter((folder) => !folder.endsWith(join('node_modules', '.bin')));
  const isOnPath = folders.some((folder) => existsSync(join(folder, 'exp')));
  return root.split(sep).includes('node_modules') && !isOnPath ? 'npx exp' : 'exp';
}
