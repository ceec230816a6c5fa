import { resolve } from 'node:path';
import { Preset, markOf } from '../config/declare/option';
import type { Registry } from '../config/resolve/registry';
import { UserError } from '../errors';
import { createDisplay } from '../monitor/create-display';
import { Monitor } from '../monitor/monitor';
import { PlainDisplay } from '../monitor/plain-display';
import { projectRoot } from '../project/project-root';
import { runsFolder } from '../run/runs-folder';
import { isFolder } from '../util/folders';
import { loadPlugins } from './load-plugins';
import { pluginRoots } from './plugin-roots';
import type { OptionClass, ProjectOptions } from './project-options';

/** The plugins, the runs folder and the monitor of a call. */
export interface Context {
  readonly registry: Registry;
  /** The folder of all runs. */
  readonly runs: string;
  readonly monitor: Monitor;
  /** The project's folder. */
  readonly project: string;
}

/** Loads the plugins of a project, in any language that `exp` loads. @throws UserError if the project is not a folder, or another user's */
export async function openContext({ root, project, plugins = [], monitor }: ProjectOptions): Promise<Context> {
  const folder = project === undefined ? projectRoot() : resolve(project);
  if (!isFolder(folder)) throw new UserError(`project: ${folder} is not a folder.`);
  // Compiles plugins in TypeScript, and resolves their imports of this package to this copy.
  await import('../typescript');
  const registry = loadPlugins(pluginRoots(folder));
  for (const plugin of plugins) register(registry, plugin);
  const runs = root === undefined ? runsFolder(folder) : resolve(root);
  return { registry, runs, monitor: monitorFor(monitor), project: folder };
}

/** Registers a class of the program, unless it is one of the project's. @throws UserError if it is not an option */
export function register(registry: Registry, plugin: OptionClass | Preset): void {
  const source = { path: process.argv[1] ?? '' };
  if (plugin instanceof Preset) {
    registry.add({ preset: plugin }, 'the program', source);
    return;
  }
  const { kind } = optionOf(plugin);
  if (registry.optionsOf(kind).some(({ type }) => type === plugin)) return;
  registry.add({ [plugin.name]: plugin }, 'the program', source);
}

/** @throws UserError if the class is not an option */
export function optionOf(plugin: OptionClass) {
  const mark = markOf(plugin);
  if (mark) return mark;
  throw new UserError(`${plugin.name} is not an option.`, {
    hints: [
      `Decorate it: @option(Kind, 'Name', Settings); or in JavaScript: option(Kind, 'Name', Settings)(${plugin.name})`,
    ],
  });
}

function monitorFor(output: ProjectOptions['monitor'] = { write: () => true }): Monitor {
  const isTerminal = 'isTTY' in output && output.isTTY === true;
  return new Monitor(isTerminal ? createDisplay(output as NodeJS.WriteStream) : new PlainDisplay(output));
}
