import type { Command } from '../command';
import { RUN } from '../options/run';
import { commandName } from '../../util/command-name';

interface Arguments {
  run: string;
  settings: string[];
  json: boolean;
}

export const tune: Command<Arguments> = {
  command: 'tune <run> [settings..]',
  describe: 'Change settings during a run',
  builder: (args) =>
    args
      .positional('run', RUN)
      .positional('settings', { type: 'string', array: true, default: [], describe: 'Settings, as key=value' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the request as JSON' })
      .example('$0 tune latest learningRate=1e-5', 'Lower the learning rate from the next step on'),
  handler: async ({ run, settings, json }) => {
    const { createContext } = await import('../command-context');
    const { findRun } = await import('../../run/find-run');
    const { recordedOverrides, readRecord } = await import('../../run/run-record');
    const { tuneRun } = await import('../../experiment/lifecycle/tune-run');
    const { registry, monitor, runs } = createContext(json);
    const folder = findRun(runs, run);
    const record = readRecord(folder);
    const runOptions = { registry, monitor, name: record.experiment, overrides: recordedOverrides(record) };
    const { set, status } = tuneRun(runOptions, folder, settings);
    if (json) {
      console.log(JSON.stringify({ run: folder.id, folder: folder.path, status, set }));
      return;
    }
    monitor.log(`${folder.id} uses ${set.join(' ')} from its next step.`);
    if (status !== 'running') monitor.log(`  It is not running. Resume it: ${commandName()} resume ${folder.id}`);
  },
};
