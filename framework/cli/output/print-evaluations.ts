import type { EvaluationRecord } from '../../run/evaluations';
import { duration } from '../../util/format';
import { formatValue, formatTable } from './format';

/** Prints the results of an evaluation. */
export function printEvaluation({ numbers, counts, ...about }: EvaluationRecord): void {
  const { images, step, reference, features, width, seconds } = about;
  for (const [name, number] of Object.entries(numbers)) console.log(`${name.padEnd(12)}${formatValue(number)}`);
  if (counts) console.log(`${'per class'.padEnd(12)}${counts.join(' ')}`);
  console.log(
    `${images} images from step ${step}, compared with ${reference} of the dataset by ${width} features of ${features} ` +
      `in ${duration(seconds)}`,
  );
}

/** Prints all evaluations of a run as a table. */
export function printEvaluations(evaluations: readonly EvaluationRecord[]): void {
  if (evaluations.length === 0) return;
  const names = [...new Set(evaluations.flatMap(({ numbers }) => Object.keys(numbers)))];
  const rows = evaluations.map(({ step, images, features, settings, numbers }) => [
    ...[step, images, features, settings['sampler']].map(formatValue),
    ...names.map((name) => formatValue(numbers[name])),
  ]);
  console.log('');
  for (const line of formatTable(['evaluated', 'images', 'features', 'sampler', ...names], rows)) console.log(line);
}
