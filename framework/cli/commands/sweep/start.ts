import type { Command } from '../../command';
import { LAUNCHER, splitLauncherOverrides } from '../../options/launcher';
import { EXPERIMENT } from '../../options/settings';

interface Arguments {
  experiment: string;
  settings: string[];
  set: string[];
  launcher: string | undefined;
  sweep: string[];
  'dry-run': boolean;
  json: boolean;
}

export const sweepStart: Command<Arguments> = {
  command: '$0 <experiment> [settings..]',
  describe: 'Run one job per combination of settings',
  builder: (args) =>
    args
      .positional('experiment', EXPERIMENT)
      .positional('settings', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Settings; sweep over key=a,b,c or key=loguniform(1e-5,1e-2)',
      })
      .option('set', { type: 'string', array: true, default: [], describe: 'Settings; the same as positional ones' })
      .option('launcher', LAUNCHER)
      .option('sweep', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Settings of the sweep itself, as key=value',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Print the jobs, without running them' })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON; progress goes to stderr' })
      .example('$0 sweep classify learningRate=1e-4,1e-3 seed=1,2', 'Four jobs, one after the other')
      .example(
        "$0 sweep classify 'learningRate=loguniform(1e-5,1e-2)' --sweep searcher=Random searcher.trials=20 jobs=2",
        'Twenty jobs, two at once',
      ),
  handler: async ({ experiment, settings, set, launcher, sweep, json, ...flags }) => {
    const { createContext } = await import('../../command-context');
    const { EXP } = await import('../../../util/own-package');
    const { planSweep, startSweep } = await import('../../../sweep/execute-sweep');
    const { finishSweep, printPlan } = await import('../../output/print-sweep');
    const { launcherName } = await import('../../../experiment/launching/choose-launcher');
    const { checkProject } = await import('../../../api/project');
    const context = { ...createContext(json), exp: EXP };
    const selected = splitLauncherOverrides([...settings, ...set]);
    const chosen = launcher === undefined ? [] : [`launcher=${launcherName(context.registry, launcher)}`];
    const request = { experiment, settings: selected.settings, sweep: [...sweep, ...chosen, ...selected.launcher] };
    if (flags['dry-run']) printPlan(await planSweep(context, request), json);
    else {
      await checkProject(context.runs);
      finishSweep(await startSweep(context, request), json);
    }
  },
};
