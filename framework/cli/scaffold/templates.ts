import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import { CODE_ROOT } from '../../util/own-package';
import { didYouMean } from '../../util/nearest';
import { domainsIn } from '../domain-commands';

/** Suffix of templates, so that neither tools nor plugin discovery take them for code. */
const SUFFIX = '.txt';

/** The template of a kind's options. */
export interface Template {
  /** The kind in kebab case: `learning-rate-schedule`. */
  readonly kind: string;
  readonly folder: string;
}

/**
 * The templates of all kinds: `KIND.ts.txt` and `KIND.test.ts.txt` in `kinds/templates/` of the framework and of each domain.
 * @param roots parents of the plugin folders
 */
export function templates(roots: readonly string[]): Template[] {
  const owners = [join(CODE_ROOT, 'framework'), ...roots.flatMap((root) => domainsIn(join(root, 'plugins')))];
  return owners.flatMap((owner) => templatesIn(join(owner, 'kinds/templates')));
}

function templatesIn(folder: string): Template[] {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.flatMap((file) => {
    const [, kind] = /^([a-z-]+)\.ts\.txt$/.exec(file) ?? [];
    return kind === undefined ? [] : [{ kind, folder }];
  });
}

/** @param kind in any spelling: `LearningRateSchedule`, `learning-rate-schedule` @throws UserError for an unknown kind, suggesting the nearest */
export function findTemplate(kind: string, all: readonly Template[]): Template {
  const found = all.find((template) => isSameKind(template.kind, kind));
  if (found) return found;
  const kinds = all.map((template) => template.kind);
  const endings = kinds.filter((each) => each.endsWith(`-${kind.toLowerCase()}`)).sort();
  throw new UserError(`Unknown kind "${kind}".`, {
    hints: [
      endings.length > 0 ? `Did you mean ${endings.join(' or ')}?` : didYouMean(kind, kinds, 'Kinds'),
      'In a project: exp new KIND NAME. A package with plugins: exp new plugin-package NAME',
    ],
    exitCode: ExitCode.usage,
  });
}

/** Whether two spellings name one kind. */
export function isSameKind(one: string, other: string): boolean {
  const [a, b] = [one, other].map((each) => each.replaceAll(/[-_]/g, '').toLowerCase());
  return a === b;
}

/** The code and the test of a template. */
export function textsOf({ kind, folder }: Template): { readonly code: string; readonly test: string } {
  const read = (name: string) => readFileSync(join(folder, `${kind}${name}${SUFFIX}`), 'utf8');
  return { code: read('.ts'), test: read('.test.ts') };
}

/** Files of a folder of templates by their paths in what is written; a leading underscore stands for a dot. */
export function filesIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(SUFFIX));
  const path = (name: string) => name.slice(0, -SUFFIX.length).replace(/^_/, '.');
  return Object.fromEntries(names.sort().map((name) => [path(name), readFileSync(join(folder, name), 'utf8')]));
}

/** Replaces placeholders: `{{name}}`, or with a default `{{dataset=Friedman}}`. @throws Error for one without a value */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)(?:=(\w+))?\}\}/g, (placeholder, key: string, initial?: string) => {
    const filled = values[key] ?? initial;
    if (filled === undefined) throw new Error(`the placeholder ${placeholder} has no value`);
    return filled;
  });
}
