import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { UserError, messageOf } from '../errors';
import { readManifest } from './manifest';

/** A package with plugins, named by the `explab` key of its package.json. */
export interface PluginPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Absolute paths of the files that export options and presets. */
  readonly files: readonly string[];
}

/** A dependency that should have plugins but cannot be read. */
export interface BrokenPackage {
  readonly name: string;
  readonly error: Error;
}

const KEY = v.object({ plugins: v.union([v.string(), v.array(v.string())]) });

/**
 * The packages with plugins among the direct dependencies of a project. Only these are searched: what a project uses, it names.
 * @param root folder of the project
 */
export function pluginPackages(root: string): { packages: PluginPackage[]; broken: BrokenPackage[] } {
  const { dependencies, devDependencies } = readManifest(root) ?? {};
  const packages: PluginPackage[] = [];
  const broken: BrokenPackage[] = [];
  for (const name of Object.keys({ ...devDependencies, ...dependencies }).sort()) {
    try {
      packages.push(...pluginPackage(name, root));
    } catch (error) {
      broken.push({ name, error: error instanceof Error ? error : new Error(messageOf(error)) });
    }
  }
  return { packages, broken };
}

function pluginPackage(name: string, root: string): PluginPackage[] {
  const folder = folderOf(name, root);
  const manifest = folder === undefined ? undefined : readManifest(folder);
  if (folder === undefined || manifest?.explab === undefined || name === 'explab') return [];
  const key = v.safeParse(KEY, manifest.explab);
  if (!key.success) {
    throw new UserError(
      'The explab key of its package.json must name its files: "explab": { "plugins": "./dist/index.js" }',
    );
  }
  const files = [key.output.plugins].flat().map((file) => join(folder, file));
  return [{ name, version: manifest.version ?? '', folder, files }];
}

/** Folder of an installed package, as Node finds it; undefined if it is not installed. */
function folderOf(name: string, root: string): string | undefined {
  const require = createRequire(join(root, 'package.json'));
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    // Its exports may not include package.json.
    const candidates = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name));
    return candidates.find((folder) => readManifest(folder) !== undefined);
  }
}
