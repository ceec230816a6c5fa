import { didYouMean } from '../../util/nearest';
import { ExitCode, UserError } from '../../errors';
import type { RunSummary } from './run-summary';

/** Fields of every run, by their names in lists. */
const FIELDS: Readonly<Record<string, (run: RunSummary) => unknown>> = {
  id: ({ id }) => id,
  experiment: ({ experiment }) => experiment,
  status: ({ status }) => status,
  started: ({ startedAt }) => startedAt,
  ended: ({ endedAt }) => endedAt,
  seconds: ({ startedAt, endedAt }) => secondsBetween(startedAt, endedAt),
  step: ({ step }) => step,
  tags: ({ tags }) => tags,
  note: ({ note }) => note,
};

/**
 * Value of a run by name: a field, a setting, or a metric, in this order. `loss` is short for `loss.last`, the last value of a metric;
 * `loss.min` and `loss.max` are its minimum and maximum.
 */
export function fieldOf(run: RunSummary, name: string): unknown {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field) return field(run);
  if (Object.hasOwn(run.settings, name)) return run.settings[name] ?? undefined;
  const [, metric = name, part = 'last'] = /^(.*)\.(last|min|max)$/.exec(name) ?? [];
  return Object.hasOwn(run.metrics, metric) ? run.metrics[metric]?.[part as 'last'] : undefined;
}

/** @throws UserError for names that no run has, suggesting the nearest one */
export function checkNames(names: readonly string[], runs: readonly RunSummary[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(FIELDS, name) && !runs.some((run) => hasName(run, name)));
  // Without runs, all names are accepted.
  if (runs.length === 0 || unknown.length === 0) return;
  const known = new Set(Object.keys(FIELDS));
  for (const { settings, metrics } of runs)
    for (const name of Object.keys({ ...settings, ...metrics })) known.add(name);
  const described = unknown.map((name) => `No run has a field, setting or metric "${name}".`);
  throw new UserError(described.join('\n'), {
    hints: unknown.map((name) => didYouMean(name, [...known], 'Known names')).filter(Boolean),
    exitCode: ExitCode.usage,
  });
}

function hasName({ settings, metrics }: RunSummary, name: string): boolean {
  return [settings, metrics].some(
    (all) => Object.hasOwn(all, name) || Object.hasOwn(all, name.replace(/\.(last|min|max)$/, '')),
  );
}

function secondsBetween(from: string, to: string | undefined): number | undefined {
  return to === undefined ? undefined : (Date.parse(to) - Date.parse(from)) / 1000;
}
