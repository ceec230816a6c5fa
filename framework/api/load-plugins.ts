import { join, relative } from 'node:path';
import { discover, pluginsBelow } from '../config/resolve/discover';
import type { PluginFile, Registry } from '../config/resolve/registry';
import { type PluginPackage, pluginPackages } from '../project/plugin-packages';
import { readProjectFile } from '../project/project-file';
import { PLUGIN_FOLDERS } from '../project/project-root';
import { isFolder } from '../util/folders';
import { CODE_ROOT } from '../util/own-package';

/**
 * Loads the plugins of this package, of the project, and of the packages with plugins that the project depends on.
 * @param roots this package, and the project if it is another folder and its plugins are trusted
 */
export function loadPlugins(roots: readonly string[]): Registry {
  const own = roots.flatMap(pluginsOf);
  const found = roots.filter((root) => root !== CODE_ROOT).map(pluginPackages);
  const registry = discover([...own, ...found.flatMap(({ packages }) => packages.flatMap(filesOf))]);
  for (const { name, error } of found.flatMap(({ broken }) => broken)) registry.broken.push({ file: name, error });
  return registry;
}

/** The plugins of a project: below its plugin folders, and what its defaults add, less what they ignore. */
function pluginsOf(root: string): PluginFile[] {
  const { plugins, ignore } = readProjectFile(root);
  const isIgnored = (path: string) => ignore.some((each) => path === each || path.startsWith(join(each, '/')));
  const more = plugins.flatMap((path) =>
    isFolder(path) ? pluginsBelow(root, [relative(root, path)]) : [fileIn(root, path)],
  );
  return [...pluginsBelow(root, PLUGIN_FOLDERS), ...more].filter(({ path }) => !isIgnored(path));
}

const fileIn = (root: string, path: string): PluginFile => ({ file: relative(root, path), path });

function filesOf({ name, version, folder, files }: PluginPackage): PluginFile[] {
  return files.map((path) => ({
    file: join(name, relative(folder, path)),
    path,
    package: `${name}@${version}`,
  }));
}
