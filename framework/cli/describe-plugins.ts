import type { BrokenPlugin, Option, Registry } from '../config/resolve/registry';
import { UserError } from '../errors';
import { Experiment } from '../experiment/experiment';
import { readProjectFile } from '../project/project-file';
import { didYouMean } from '../util/nearest';
import { projectRoot } from '../project/project-root';
import { findStrays } from '../project/strays';
import { CODE_ROOT, VERSION } from '../util/own-package';
import { createContext } from './command-context';

/** A registered option and its origin. */
interface PluginEntry {
  readonly kind: string;
  readonly name: string;
  /** A package with its version, or `project`. */
  readonly from: string;
  readonly file: string;
}

/** What `exp plugins` prints. */
export interface DescribedPlugins {
  readonly project: string;
  readonly options: readonly PluginEntry[];
  readonly broken: readonly PluginProblem[];
}

/** A plugin that cannot be loaded, or code that was meant as one. */
export interface PluginProblem {
  readonly file: string;
  /** What is wrong and what to do, a line each. */
  readonly error: string;
}

export function describePlugins(): DescribedPlugins {
  const { registry } = createContext(true);
  const options = registry.kinds.flatMap((kind) => registry.optionsOf(kind).map(entryOf));
  return { project: projectRoot(), options, broken: pluginProblems(registry) };
}

function entryOf({ kind, name, file, path, package: origin }: Option): PluginEntry {
  const isBuiltIn = path.startsWith(`${CODE_ROOT}/`);
  return { kind: kind.name, name, from: origin ?? (isBuiltIn ? `explab@${VERSION}` : 'project'), file };
}

/** Plugins that cannot be loaded, and code of the project that no rule finds. */
export function pluginProblems(registry: Registry): PluginProblem[] {
  const { broken } = registry;
  const root = projectRoot();
  const strays = root === CODE_ROOT ? [] : findStrays(root);
  return [
    ...broken.map(({ file, error }: BrokenPlugin) => ({ file, error: `cannot be loaded: ${textOf(error)}` })),
    ...strays.map(({ file, remedy }) => ({ file, error: `is not loaded. ${remedy}` })),
    ...unknownExperiments(registry, root),
  ];
}

/** Experiments that the project's defaults have settings for, but that do not exist. */
function unknownExperiments(registry: Registry, root: string): PluginProblem[] {
  const { experiments, source } = readProjectFile(root);
  const names = registry.optionsOf(Experiment).map(({ name }) => name);
  const unknown = Object.keys(experiments).filter((name) => !names.includes(name));
  const file = source?.file ?? '';
  return unknown.map((name) => ({
    file,
    error: `has settings of an unknown experiment "${name}". ${didYouMean(name, names, 'Experiments')}`,
  }));
}

function textOf(error: Error): string {
  return error instanceof UserError ? error.text : error.message;
}

/** Prints what `describePlugins` found: broken plugins on standard error. */
export function printPlugins({ project, options, broken }: DescribedPlugins): void {
  console.log(`Project: ${project}`);
  for (const kind of new Set(options.map((option) => option.kind))) {
    console.log(`\n${kind}`);
    const entries = options.filter((option) => option.kind === kind);
    for (const { name, from, file } of entries) console.log(`  ${name.padEnd(20)} ${from.padEnd(20)} ${file}`);
  }
  for (const { file, error } of broken) console.error(`\n${file} ${error}`);
}
