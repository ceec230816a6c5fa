import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { foldersIn } from '../util/folders';
import { trustedPluginRoots } from '../api/plugin-roots';

/** Commands of the domains: the exports of each `plugins/<domain>/commands.ts`, which must load fast. */
export function domainCommands(roots = trustedPluginRoots()): CommandModule[] {
  const folders = roots.flatMap((root) => domainsIn(join(root, 'plugins')));
  const files = folders.flatMap((folder) =>
    ['commands.js', 'commands.ts'].map((name) => join(folder, name)).filter((file) => existsSync(file)),
  );
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- domains are found at run time
  return files.flatMap((file) => Object.values(require(file) as Record<string, CommandModule>));
}

/** Folders of domains: those with a public API in `domain.ts`. */
export function domainsIn(plugins: string): string[] {
  if (!existsSync(plugins)) return [];
  const folders = foldersIn(plugins).map((name) => join(plugins, name));
  return folders.filter((folder) => ['domain.js', 'domain.ts'].some((name) => existsSync(join(folder, name))));
}
