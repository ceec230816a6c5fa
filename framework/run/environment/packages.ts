import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Installed versions of the dependencies of the packages in some folders, by name. */
export function installedPackages(folders: readonly string[]): Record<string, string> {
  const versions = new Map<string, string>();
  for (const folder of folders) {
    const { dependencies, devDependencies } = read(folder) ?? {};
    for (const name of Object.keys({ ...devDependencies, ...dependencies })) {
      const version = versions.get(name) ?? installedVersion(folder, name);
      if (version !== undefined) versions.set(name, version);
    }
  }
  return Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Version of a package as resolved by Node: in the nearest node_modules. */
function installedVersion(folder: string, name: string): string | undefined {
  const found = read(join(folder, 'node_modules', name))?.version;
  return found ?? (dirname(folder) === folder ? undefined : installedVersion(dirname(folder), name));
}

function read(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch {
    // Node reports a damaged file when it loads that package.
    return undefined;
  }
}
