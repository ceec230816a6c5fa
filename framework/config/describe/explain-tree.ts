import { textOf } from './format-value';
import type { Explained, ExplainedConfig } from './explain';

/** Columns of a terminal that the tree is made for. */
const WIDTH = 100;

/** The column that says where a value came from. */
const ORIGIN_COLUMN = 46;

/** The config as a tree for a person: each setting with its value and origin, and below it what it is and what it takes. */
export function explainTree({ experiment, doc, settings }: ExplainedConfig): string {
  return [`${experiment}  ${doc}`.trim(), ...branchLines(settings, '')].join('\n');
}

function branchLines(settings: readonly Explained[], indent: string): string[] {
  return settings.flatMap((setting, index) => {
    const isLast = index === settings.length - 1;
    const inner = `${indent}${isLast ? '   ' : '│  '}`;
    const below = `${inner}${setting.settings.length > 0 ? '│  ' : '   '}`;
    return [
      ...headLines(`${indent}${isLast ? '└─ ' : '├─ '}`, inner, setting),
      ...wrapped(aboutText(setting), WIDTH - below.length).map((line) => `${below}${line}`),
      ...branchLines(setting.settings, inner),
    ];
  });
}

/** Key, value and origin; the origin on a line of its own where the value is long. */
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

function aboutText({ doc, type, role, dynamic, origin }: Explained): string {
  if (origin === undefined) return doc;
  const about = [type, role, dynamic ? 'dynamic' : ''].filter(Boolean).join('; ');
  return `${doc} [${about}]`.trim();
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
