import { join, resolve } from 'node:path';
import { CODE_ROOT } from '../../util/own-package';
import { loadPlugins } from '../../api/load-plugins';
import { checkPackageName, namesOf } from './names';
import { optionFiles } from './new-option';
import { managerFiles } from './package-manager';
import { filesIn, fillIn, findTemplate, templates } from './templates';
import { versions } from './versions';
import { checkIsNew, type NewFiles } from './write-files';

/** Kind of the option that a new package has. */
const KIND = 'learning-rate-schedule';

/** The start of a package's name, which its option does not repeat. */
const PREFIX = /^exp(lab)?-plugin-/;

/**
 * The files of a new package with plugins.
 * @param dir parent of its folder
 * @throws UserError for a name that is not valid or taken
 */
export function newPackage(name: string, dir = '.'): NewFiles {
  const { name: packageName } = namesOf(name);
  checkPackageName(packageName);
  const names = namesOf(packageName.replace(PREFIX, ''));
  const folder = join(resolve(dir), packageName);
  checkIsNew(folder);
  const template = findTemplate(KIND, templates([CODE_ROOT]));
  const { files } = optionFiles(template, names, loadPlugins([CODE_ROOT]));
  const values = { ...names, ...versions(), package: packageName };
  const others = Object.entries(filesIn(join(__dirname, 'package'))).map(([file, text]) => [
    file,
    fillIn(text, values),
  ]);
  const sources = Object.entries(files).map(([file, text]) => [`src/${file}`, text]);
  return {
    folder,
    files: { ...managerFiles(), ...(Object.fromEntries([...others, ...sources]) as NewFiles['files']) },
  };
}
