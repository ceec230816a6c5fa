import { OPTION } from '../parse/config-file';
import { quoted } from './format-value';
import type { Explained, ExplainedConfig } from './explain';

/**
 * The config as a file that `--config` reads, each value with comments that say what it is and where it came from. What is computed
 * is left to be computed: it stands in a comment.
 */
export function explainYAML({ experiment, doc, settings }: ExplainedConfig): string {
  const head = [`# exp run ${experiment} --config FILE`, ...(doc === '' ? [] : [`# ${doc}`]), ''];
  return [...head, ...settings.flatMap((setting) => linesOf(setting, ''))].join('\n');
}

function linesOf(setting: Explained, indent: string): string[] {
  const { name, doc, value, unknown, unit, from, settings, origin } = setting;
  const about = doc === '' ? [] : [`${indent}# ${doc}`];
  const said = `# ${[unit, from].filter(Boolean).join('; ')}`;
  if (unknown !== undefined) return [...about, `${indent}# ${name}: ${unknown}  ${said}`];
  if (origin === 'computed') return [...about, `${indent}# ${name}: ${yamlOf(value)}  ${said}`];
  if (settings.length === 0)
    return origin === undefined ? [] : [...about, `${indent}${name}: ${yamlOf(value)}  ${said}`];
  const chosen = origin === undefined ? [] : [`${indent}  ${OPTION}: ${yamlOf(value)}  ${said}`];
  return [...about, `${indent}${name}:`, ...chosen, ...settings.flatMap((inner) => linesOf(inner, `${indent}  `))];
}

/** A value in YAML, such that a config file with it says the same: references in it are none. */
function yamlOf(value: unknown): string {
  const isPlain =
    typeof value === 'string' && /^[A-Za-z][\w./-]*$/.test(value) && !/^(true|false|null|none)$/i.test(value);
  return isPlain ? value : quoted(value);
}
