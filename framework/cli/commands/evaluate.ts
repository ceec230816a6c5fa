import type { Command } from '../command';
import { type SamplingArguments, samplingOverrides, withSamplingOptions } from '../options/sampling';

interface Arguments extends SamplingArguments {
  metric: string[] | undefined;
  n: number;
  json: boolean;
}

export const evaluate: Command<Arguments> = {
  command: 'evaluate <run> [settings..]',
  describe: "Measure the quality of a run's generated images",
  builder: (args) =>
    withSamplingOptions(args)
      .option('metric', {
        array: true,
        type: 'string',
        describe: 'fid, kid, recognised; default: all that the feature extractor supports',
      })
      .option('n', { type: 'number', default: 1000, describe: 'Number of images to generate' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the result as JSON; progress goes to stderr',
      }),
  handler: async ({ run, metric, n, seed, json, ...sampling }) => {
    const { createContext } = await import('../command-context');
    const { evaluateRun } = await import('../../experiment/quality/evaluate-run');
    const { printEvaluation } = await import('../output/print-evaluations');
    const { registry, monitor, runs } = createContext(json);
    const settings = samplingOverrides(sampling);
    const request = { registry, monitor, runs, run, measures: metric, count: n, seed, settings };
    const { evaluation } = await evaluateRun(request);
    if (json) console.log(JSON.stringify(evaluation));
    else printEvaluation(evaluation);
  },
};
