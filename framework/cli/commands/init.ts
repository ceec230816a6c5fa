import type { Command } from '../command';

interface Arguments {
  readonly name: string;
  readonly 'dry-run': boolean;
}

export const init: Command<Arguments> = {
  command: 'init <name>',
  describe: 'Write a project with an experiment and a dataset in a new folder',
  builder: (args) =>
    args
      .positional('name', { type: 'string', demandOption: true, describe: 'Folder, and name of the experiment' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only print the files' })
      .example('$0 init surf', 'Then: cd surf && npm install && npx exp run surf'),
  handler: async ({ name, 'dry-run': isDryRun }) => {
    const { newProject } = await import('../scaffold/new-project');
    const { installAndExp } = await import('../scaffold/package-manager');
    const { writeFiles } = await import('../scaffold/write-files');
    const project = newProject(name);
    writeFiles(project, isDryRun);
    if (!isDryRun) console.log(`\n  cd ${name} && ${installAndExp()} run ${project.experiment}`);
  },
};
