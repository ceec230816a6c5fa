import { basename, join, resolve } from 'node:path';
import { CODE_ROOT } from '../../util/own-package';
import { loadPlugins } from '../../api/load-plugins';
import { checkPackageName, namesOf } from './names';
import { optionFiles } from './new-option';
import { managerFiles } from './package-manager';
import { filesIn, fillIn, findTemplate, templates } from './templates';
import { versions } from './versions';
import { checkIsNew, type NewFiles } from './write-files';

/** The dataset of a new project, which its experiment learns from. */
const DATASET = { kind: 'table-dataset', name: 'waves', Name: 'Waves' };

/**
 * The files of a new project with an experiment of its name and a dataset.
 * @param path its folder
 * @throws UserError if the folder exists, or there is an experiment of its name
 */
export function newProject(path: string): NewFiles & { readonly experiment: string } {
  const folder = resolve(path);
  const names = namesOf(basename(folder));
  checkPackageName(names.name);
  checkIsNew(folder);
  const [registry, all] = [loadPlugins([CODE_ROOT]), templates([CODE_ROOT])];
  const values = { ...names, ...versions(), dataset: DATASET.Name };
  const experiment = optionFiles(findTemplate('experiment', all), names, registry, values).files;
  const dataset = optionFiles(findTemplate(DATASET.kind, all), DATASET, registry).files;
  const files = [
    ...Object.entries(managerFiles()),
    ...Object.entries(filesIn(join(__dirname, 'project'))).map(([file, text]) => [file, fillIn(text, values)] as const),
    ...Object.entries(experiment).map(([file, text]) => [`experiments/${names.name}/${file}`, text] as const),
    ...Object.entries(dataset).map(([file, text]) => [`plugins/${DATASET.name}/${file}`, text] as const),
  ];
  return { folder, files: Object.fromEntries(files), experiment: names.name };
}
