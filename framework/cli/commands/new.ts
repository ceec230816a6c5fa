import type { Command } from '../command';

interface Arguments {
  readonly kind: string;
  readonly name: string;
  readonly dir: string | undefined;
  readonly 'dry-run': boolean;
}

/** What `new` takes for a kind, besides those of options. */
const PACKAGE = 'plugin-package';

export const newCommand: Command<Arguments> = {
  command: 'new <kind> <name>',
  describe: 'Write an option of a kind, or a package with plugins, and its test',
  builder: (args) =>
    args
      .positional('kind', {
        type: 'string',
        demandOption: true,
        describe: `Kind of the option, such as callback or learning-rate-schedule, or ${PACKAGE}`,
      })
      .positional('name', { type: 'string', demandOption: true, describe: 'Name, such as EarlyStop' })
      .option('dir', { type: 'string', requiresArg: true, describe: 'Parent of its folder' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only print the files' })
      .example('$0 new callback EarlyStop', 'Writes plugins/early-stop/index.ts and index.test.ts')
      .example('$0 new experiment average', 'Writes experiments/average/index.ts and index.test.ts'),
  handler: async ({ kind, name, dir, 'dry-run': isDryRun }) => {
    const { writeFiles } = await import('../scaffold/write-files');
    if (kind === PACKAGE) {
      const { newPackage } = await import('../scaffold/new-package');
      const { displayPath } = await import('../../run/runs-folder');
      const files = newPackage(name, dir);
      writeFiles(files, isDryRun);
      if (!isDryRun) console.log(`\n  cd ${displayPath(files.folder)} && npm install && npm test && npm run build`);
      return;
    }
    const { newOption, nextSteps } = await import('../scaffold/new-option');
    const option = newOption({ kind, name, dir });
    writeFiles(option, isDryRun);
    if (!isDryRun) console.log(nextSteps(option));
  },
};
