import { join, relative, resolve } from 'node:path';
import type { Registry } from '../../config/resolve/registry';
import { ExitCode, UserError } from '../../errors';
import { PLUGIN_FOLDERS, projectRoot } from '../../project/project-root';
import { loadPlugins } from '../../api/load-plugins';
import { pluginRoots } from '../../api/plugin-roots';
import { displayPath } from '../../run/runs-folder';
import { kebabCase, type Names, namesOf } from './names';
import { fillIn, findTemplate, isSameKind, type Template, templates, textsOf } from './templates';
import { checkIsNew, type NewFiles } from './write-files';
import { commandName } from '../../util/command-name';

/** Request for a new option. */
export interface OptionRequest {
  readonly kind: string;
  readonly name: string;
  /** Parent of the option's folder. */
  readonly dir?: string | undefined;
}

/** A new option of a kind. */
export interface NewOption extends NewFiles {
  /** The kind in kebab case. */
  readonly kind: string;
  /** The name that the option is registered by. */
  readonly option: string;
  /** Whether it is below a folder whose plugins are found. */
  readonly isFound: boolean;
}

/**
 * The files of a new option of a kind, with its test.
 * @throws UserError for an unknown kind, or a name that is not valid or taken
 */
export function newOption({ kind, name, dir }: OptionRequest): NewOption {
  const roots = pluginRoots();
  const template = findTemplate(kind, templates(roots));
  const names = namesOf(name);
  const registry = loadPlugins(roots);
  const { files, option } = optionFiles(template, names, registry);
  const root = projectRoot();
  const folder = join(dir === undefined ? join(root, defaultFolder(template)) : resolve(dir), names.name);
  checkIsNew(folder);
  const [top = ''] = relative(root, folder).split('/');
  return { folder, files, kind: template.kind, option, isFound: PLUGIN_FOLDERS.includes(top) };
}

/** @param registry of the options whose names are taken @param values of further placeholders @throws UserError for a name that is taken */
export function optionFiles(
  template: Template,
  names: Names,
  registry: Registry,
  values: Readonly<Record<string, string>> = {},
): { readonly files: NewFiles['files']; readonly option: string } {
  const { code, test } = textsOf(template);
  const filled = { ...values, ...names };
  const texts = { 'index.ts': fillIn(code, filled), 'index.test.ts': fillIn(test, filled) };
  const [, option = names.Name] = /@option\(\w+, '([^']+)'/.exec(texts['index.ts']) ?? [];
  checkName(template, names, option, registry);
  return { files: texts, option };
}

function checkName(template: Template, { Name }: Names, option: string, registry: Registry): void {
  const { kind } = template;
  const isNamed = (taken: string) => taken.toLowerCase() === option.toLowerCase();
  const existing = registry.kinds
    .filter((each) => isSameKind(kebabCase(each.name), kind))
    .flatMap((each) => registry.optionsOf(each))
    .find(({ name }) => isNamed(name));
  if (existing) throw taken(`${existing.kind.name} ${existing.name} exists already, in ${existing.file}.`);
  const isUsed = Object.values(textsOf(template)).some((text) => new RegExp(`\\b${Name}(Settings)?\\b`).test(text));
  if (isUsed) throw taken(`The code of a new ${kind} refers to another ${Name}.`);
}

function taken(text: string): UserError {
  return new UserError(text, { hints: ['Choose another name.'], exitCode: ExitCode.usage });
}

function defaultFolder({ kind }: Template): string {
  return kind === 'experiment' ? 'experiments' : 'plugins';
}

/** What to do with a new option, as commands. */
export function nextSteps({ kind, option, folder, isFound }: NewOption): string {
  const test = `node -r explab/register --test ${displayPath(join(folder, 'index.test.ts'))}`;
  const use = kind === 'experiment' ? `${commandName()} run ${option}` : `${commandName()} list ${option}`;
  if (isFound) return `\n  ${test}\n  ${use}`;
  return `\n  ${test}\n  It is not below ${PLUGIN_FOLDERS.join('/ or ')}/: export it from a file that the explab key of package.json names.`;
}
