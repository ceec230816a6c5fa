import { textOf } from './format-value';
import type { Explained, ExplainedConfig } from './explain';

/** Maximum line width, in columns. */
const WIDTH = 100;

/** Column of the origin of a value. */
const ORIGIN_COLUMN = 46;

/** Formats a config as a readable tree: each setting with its value and origin, and below it its description and type. */
export function explainTree({ experiment, doc, settings }: ExplainedConfig): string {
  return [`${experiment}  ${doc}`.trim(), ...settingLines(settings, '')].join('\n');
}

function settingLines(settings: readonly Explained[], indent: string): string[] {
  return settings.flatMap((setting, index) => {
    const isLast = index === settings.length - 1;
    const inner = `${indent}${isLast ? '   ' : '│  '}`;
    const below = `${inner}${setting.settings.length > 0 ? '│  ' : '   '}`;
    return [
      ...headLines(`${indent}${isLast ? '└─ ' : '├─ '}`, inner, setting),
      ...wrapText(descriptionText(setting), WIDTH - below.length).map((line) => `${below}${line}`),
      ...settingLines(setting.settings, inner),
    ];
  });
}

/** Key, value and origin; the origin is on a separate line if the value is long. */
function headLines(start: string, inner: string, setting: Explained): string[] {
  const head = `${start}${setting.name}${valueText(setting)}`;
  if (setting.origin === undefined) return [head];
  const origin = setting.from;
  if (head.length < ORIGIN_COLUMN - 1 && ORIGIN_COLUMN + origin.length <= WIDTH) {
    return [`${head.padEnd(ORIGIN_COLUMN)}${origin}`];
  }
  const indent = setting.settings.length > 0 ? `${inner}│` : inner;
  return [head, `${indent.padEnd(Math.min(ORIGIN_COLUMN, WIDTH - origin.length))}${origin}`];
}

function valueText({ value, unknown, unit, origin }: Explained): string {
  if (origin === undefined) return '';
  if (unknown !== undefined) return `  (${unknown})`;
  return ` = ${textOf(value)}${unit === undefined || value === undefined ? '' : ` ${unit}`}`;
}

function descriptionText({ doc, type, role, dynamic, origin }: Explained): string {
  if (origin === undefined) return doc;
  const details = [type, role, dynamic ? 'dynamic' : ''].filter(Boolean).join('; ');
  return `${doc} [${details}]`.trim();
}

function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
