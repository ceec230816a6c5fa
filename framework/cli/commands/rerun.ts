import type { Command } from '../command';
import { RUN } from '../options/run';
import { withWorkersOption, type WorkersArguments } from '../options/settings';
import { reportOutcome } from '../output/report-outcome';

interface Arguments extends WorkersArguments {
  run: string;
  settings: string[];
  name: string | undefined;
  'dry-run': boolean;
  json: boolean;
}

export const rerun: Command<Arguments> = {
  command: 'rerun <run> [settings..]',
  describe: 'Repeat a run from the start with its recorded settings',
  builder: (args) =>
    withWorkersOption(args)
      .positional('run', RUN)
      .positional('settings', { type: 'string', array: true, default: [], describe: 'Settings to change' })
      .option('name', { type: 'string', requiresArg: true, describe: 'Run name, appended to the timestamp' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Print what would run, without running it' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the outcome as JSON; progress goes to stderr',
      })
      .example('$0 rerun latest seed=2', 'The same with a different seed'),
  handler: async ({ run, settings, name, json, workers, 'dry-run': dryRun }) => {
    const { createContext } = await import('../command-context');
    const { findRun } = await import('../../run/find-run');
    const { recordedOverrides, readRecord } = await import('../../run/run-record');
    const { parseOverrides } = await import('../../config/parse/override');
    const { checkRerun, rerun: repeatRun } = await import('../../experiment/lifecycle/rerun');
    const { withCluster, runAsWorker } = await import('../workers/workers');
    if (dryRun) {
      const { printDryRun } = await import('../output/print-dry-run');
      const { registry, runs } = createContext(json);
      const original = findRun(runs, run);
      checkRerun(original);
      const record = readRecord(original);
      const overrides = [...recordedOverrides(record), ...parseOverrides(settings)];
      await printDryRun({ registry, name: record.experiment, overrides }, name, json);
      return;
    }
    await withCluster({ workers }, async (cluster) => {
      const { registry, monitor, runs } = createContext(json);
      // Only the chief needs access to the run.
      if (await runAsWorker('run', { registry, monitor, cluster })) return;
      const original = findRun(runs, run);
      const record = readRecord(original);
      const changes = parseOverrides(settings);
      const overrides = [...recordedOverrides(record), ...changes];
      const runOptions = { registry, monitor, name: record.experiment, overrides, cluster };
      await reportOutcome(repeatRun(runOptions, original, runs, { identity: { name }, changes }), monitor, json);
    });
  },
};
