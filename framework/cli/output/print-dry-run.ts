import { join } from 'node:path';
import { textOf } from '../../config/describe/format-value';
import { flattenSettings } from '../../config/describe/explain';
import { checkRunName } from '../../run/run-name';
import { checkExperiment } from '../../experiment/lifecycle/check-experiment';
import { checkFolderWritable } from '../../util/writable';
import { type ExplainRequest, explainOptions } from '../explain-config';
import { runsFolder, displayPath } from '../../run/runs-folder';

/**
 * Prints what would run, and where: the settings that differ from the defaults of their classes.
 * @throws UserError for everything that `exp run` would reject before it starts
 */
export async function printDryRun(request: ExplainRequest, name: string | undefined, json: boolean): Promise<void> {
  if (name !== undefined) checkRunName(name);
  const { experiment, settings } = await explainOptions(request);
  await checkExperiment(request);
  checkFolderWritable(runsFolder());
  const folder = join(runsFolder(), experiment, name === undefined ? 'ID' : `ID-${name}`);
  const all = flattenSettings(settings);
  if (json) {
    const values = all.map(({ key, value, origin, from }) => [key, { value: value ?? null, origin, from }]);
    console.log(JSON.stringify({ experiment, folder, settings: Object.fromEntries(values) as unknown }, null, 2));
    return;
  }
  const rows = all
    .filter(({ origin }) => origin !== 'default' && origin !== 'computed')
    .map(({ key, value, from }) => [`${key}=${textOf(value)}`, from] as const);
  console.log(`${experiment} would be written to ${displayPath(folder)}, with`);
  for (const [setting, from] of rows) console.log(`  ${setting.padEnd(36)}  ${from}`);
  console.log(`  ${rows.length === 0 ? 'default settings' : 'and defaults otherwise'} (see exp explain)`);
  console.log('Nothing was started.');
}
