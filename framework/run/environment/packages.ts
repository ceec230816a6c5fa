import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The versions of what the packages of some folders depend on, as it is installed, by name. */
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

/** The version of a package as Node finds it: in the nearest node_modules. */
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
    // Whoever is to run that package is told by Node.
    return undefined;
  }
}
