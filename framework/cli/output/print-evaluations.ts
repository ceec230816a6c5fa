import { type EvaluationRecord, detailsOf } from '../../run/evaluations';
import { formatTable, duration } from '../../util/format';
import { formatValue } from './format';

/** Prints the results of an evaluation. */
export function printEvaluation(evaluation: EvaluationRecord): void {
  const { numbers, step, seconds } = evaluation;
  const lists = Object.entries(evaluation).flatMap(([name, list]) =>
    Array.isArray(list) ? [[name, list.join(' ')]] : [],
  );
  const rows = [...Object.entries(numbers).map(([name, number]) => [name, formatValue(number)]), ...lists];
  const width = Math.max(12, ...rows.map(([name = '']) => name.length));
  for (const [name = '', text = ''] of rows) console.log(`${name.padEnd(width)} ${text}`);
  const details = Object.entries(detailsOf(evaluation)).map(([name, value]) => `, ${name} ${value}`);
  console.log(`step ${step}${details.join('')}, in ${duration(seconds)}`);
}

/** Prints all evaluations of a run as a table. */
export function printEvaluations(evaluations: readonly EvaluationRecord[]): void {
  if (evaluations.length === 0) return;
  const union = (namesOf: (evaluation: EvaluationRecord) => string[]) => [...new Set(evaluations.flatMap(namesOf))];
  const details = union((evaluation) => Object.keys(detailsOf(evaluation)));
  const options = union(({ settings }) => Object.keys(chosenOptions(settings)));
  const names = union(({ numbers }) => Object.keys(numbers));
  const rows = evaluations.map((evaluation) => [
    formatValue(evaluation.step),
    ...details.map((name) => formatValue(detailsOf(evaluation)[name])),
    ...options.map((name) => formatValue(evaluation.settings[name])),
    ...names.map((name) => formatValue(evaluation.numbers[name])),
  ]);
  console.log('');
  for (const line of formatTable(['evaluated', ...details, ...options, ...names], rows)) console.log(line);
}

/** The options chosen for slots of the experiment, such as a search method. */
function chosenOptions(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([key, value]) => typeof value === 'string' && !key.includes('.')),
  );
}
