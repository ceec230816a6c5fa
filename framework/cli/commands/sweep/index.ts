import type { CommandModule } from 'yargs';
import type { Command } from '../../command';
import { sweepCancel } from './cancel';
import { sweepResume } from './resume';
import { sweepShow } from './show';
import { sweepStart } from './start';

/** Usage of starting a sweep, for completion. */
export const SWEEP_FORM = 'sweep <experiment> [settings..]';

const COMMANDS = [sweepStart, sweepResume, sweepShow, sweepCancel] as unknown as CommandModule[];

export const sweep: Command = {
  command: 'sweep',
  describe: 'Run a sweep: grid search, random search or Optuna',
  builder: (args) => args.usage('$0 sweep <experiment> [settings..]').command(COMMANDS),
  handler: () => undefined,
};
