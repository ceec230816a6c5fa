import { OPTION } from '../parse/config-file';
import { quote } from './format-value';
import type { Explained, ExplainedConfig } from './explain';

/**
 * Formats a config as a file for `--config`, each value with its description and origin in comments. Computed values are commented
 * out.
 */
export function explainYAML({ experiment, doc, settings }: ExplainedConfig): string {
  const head = [`# exp run ${experiment} --config FILE`, ...(doc === '' ? [] : [`# ${doc}`]), ''];
  return [...head, ...settings.flatMap((setting) => linesOf(setting, ''))].join('\n');
}

function linesOf(setting: Explained, indent: string): string[] {
  const { name, doc, value, unknown, unit, from, settings, origin } = setting;
  const docLines = doc === '' ? [] : [`${indent}# ${doc}`];
  const remark = `# ${[unit, from].filter(Boolean).join('; ')}`;
  if (unknown !== undefined) return [...docLines, `${indent}# ${name}: ${unknown}  ${remark}`];
  if (origin === 'computed') return [...docLines, `${indent}# ${name}: ${yamlOf(value)}  ${remark}`];
  if (settings.length === 0)
    return origin === undefined ? [] : [...docLines, `${indent}${name}: ${yamlOf(value)}  ${remark}`];
  const chosen = origin === undefined ? [] : [`${indent}  ${OPTION}: ${yamlOf(value)}  ${remark}`];
  return [...docLines, `${indent}${name}:`, ...chosen, ...settings.flatMap((inner) => linesOf(inner, `${indent}  `))];
}

/** A value as YAML for a config file, with `${` escaped. */
function yamlOf(value: unknown): string {
  const isPlain =
    typeof value === 'string' && /^[A-Za-z][\w./-]*$/.test(value) && !/^(true|false|null|none)$/i.test(value);
  return isPlain ? value : quote(value);
}
