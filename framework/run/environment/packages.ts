import { dirname, join } from 'node:path';
import { readManifest } from '../../project/manifest';

/** Installed versions of the dependencies of the packages in some folders, by name. */
export function installedPackages(folders: readonly string[]): Record<string, string> {
  const versions = new Map<string, string>();
  for (const folder of folders) {
    const { dependencies, devDependencies } = readManifest(folder) ?? {};
    for (const name of Object.keys({ ...devDependencies, ...dependencies })) {
      const version = versions.get(name) ?? installedVersion(folder, name);
      if (version !== undefined) versions.set(name, version);
    }
  }
  return Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Version of a package as resolved by Node: in the nearest node_modules. */
function installedVersion(folder: string, name: string): string | undefined {
  const found = readManifest(join(folder, 'node_modules', name))?.version;
  return found ?? (dirname(folder) === folder ? undefined : installedVersion(dirname(folder), name));
}
