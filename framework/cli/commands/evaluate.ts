import type { Command } from '../command';
import { type SamplingArguments, samplingOverrides, withSamplingOptions } from '../options/sampling';

interface Arguments extends SamplingArguments {
  metric: string[] | undefined;
  n: number | undefined;
  json: boolean;
}

export const evaluate: Command<Arguments> = {
  command: 'evaluate <run> [settings..]',
  describe: "Evaluate a run's model, or the samples that it generates",
  builder: (args) =>
    withSamplingOptions(args)
      .option('metric', {
        array: true,
        type: 'string',
        describe: 'Metrics to compute; default: all that the experiment supports',
      })
      .option('n', { type: 'number', describe: 'Number of samples to generate, if metrics need them' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the result as JSON; progress goes to stderr',
      }),
  handler: async ({ run, metric, n, seed, json, ...sampling }) => {
    const { createContext } = await import('../command-context');
    const { evaluateRun } = await import('../../experiment/evaluation/evaluate-run');
    const { printEvaluation } = await import('../output/print-evaluations');
    const { registry, monitor, runs } = createContext(json);
    const settings = samplingOverrides(sampling);
    const request = { registry, monitor, runs, run, metrics: metric, count: n, seed, settings };
    const { evaluation } = await evaluateRun(request);
    if (json) console.log(JSON.stringify(evaluation));
    else printEvaluation(evaluation);
  },
};
