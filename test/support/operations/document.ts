import type { Finding } from './measure';
import type { Refused } from './refused';

/** What was found under each heading. */
export type Findings = readonly (readonly [heading: string, findings: readonly Finding[]])[];
/** Operations that a compiled step refuses, with its errors. */
export type Refusals = readonly (readonly [refused: Refused, error: string])[];

const INTRODUCTION = `# Operations

The ops of TensorFlow.js that a model or a loss can use, and which have a gradient. The tables are the output of
\`test/long/operations.test.ts\`, which runs each op on the CPU, op by op and in a graph; \`UPDATE_DOCS=1 npx mocha
test/long/operations.test.ts\` rewrites them.

- forward \`yes\`: the graph gives the same values as op by op.
- gradient \`yes\`: both give the same gradient, which agrees with finite differences. \`none\`: the op does not run, or its result is integers or
  booleans.
- \`no\`: the op fails both ways, with this error.

[The last table](#refused-in-a-compiled-step) has what a compiled step refuses, and what to use instead.
`;

/** The document of what was found. */
export function documentOf(findings: Findings, refusals: Refusals): string {
  const tables = findings.map(([heading, found]) => `## ${heading}\n\n${tableOf(found)}`);
  return [INTRODUCTION, ...tables, refusalsOf(refusals)].join('\n');
}

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ name, forward, gradient }) => [codeOf(name), forward, gradient]);
  return table(['op', 'forward', 'gradient'], rows);
}

function refusalsOf(refusals: Refusals): string {
  const rows = refusals.map(([{ name, instead }, error]) => [codeOf(name), error, instead]);
  return `## Refused in a compiled step\n\n${table(['op', 'error', 'instead'], rows)}`;
}

/** A table in which rows that differ in their first cell only are one. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const groups = new Map<string, string[]>();
  for (const [first = '', ...rest] of rows) {
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), first]);
  }
  const merged = Array.from(groups, ([key, firsts]) => [firsts.join(', '), ...(JSON.parse(key) as string[])]);
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(header)}|${'---|'.repeat(header.length)}\n${merged.map(line).join('')}`;
}

/** The name of the op in a code font, and what is special about the case in parentheses. */
function codeOf(name: string): string {
  const [, op = '', special] = /^([\w.]+),? ?(.*)$/.exec(name) ?? [];
  return special ? `\`${op}\` (${special})` : `\`${op}\``;
}
