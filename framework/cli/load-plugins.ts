import { join, relative } from 'node:path';
import { discover, pluginsBelow } from '../config/resolve/discover';
import type { PluginFile, Registry } from '../config/resolve/registry';
import { type PluginPackage, pluginPackages } from '../project/plugin-packages';
import { PLUGIN_FOLDERS } from '../project/project-root';
import { CODE_ROOT } from '../util/own-package';

/**
 * Loads the plugins of this package, of the project, and of the packages with plugins that the project depends on.
 * @param roots this package, and the project if it is another folder and its plugins are trusted
 */
export function loadPlugins(roots: readonly string[]): Registry {
  const own = roots.flatMap((root) => pluginsBelow(root, PLUGIN_FOLDERS));
  const found = roots.filter((root) => root !== CODE_ROOT).map(pluginPackages);
  const registry = discover([...own, ...found.flatMap(({ packages }) => packages.flatMap(filesOf))]);
  for (const { name, error } of found.flatMap(({ broken }) => broken)) registry.broken.push({ file: name, error });
  return registry;
}

function filesOf({ name, version, folder, files }: PluginPackage): PluginFile[] {
  return files.map((path) => ({
    file: join(name, relative(folder, path)),
    path,
    package: `${name}@${version}`,
  }));
}
