import { ExitCode, UserError } from '../../errors';

/** Spellings of a name in what is written. */
export interface Names {
  /** Of classes and options: `EarlyStop`. */
  readonly Name: string;
  /** Of experiments, folders and packages: `early-stop`. */
  readonly name: string;
}

const VALID = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;

/** @throws UserError unless a name has letters, digits and dashes between parts only */
export function namesOf(name: string): Names {
  if (VALID.test(name)) return { Name: pascalCase(name), name: kebabCase(name) };
  throw new UserError(`The name ${JSON.stringify(name)} has other characters than letters, digits and dashes.`, {
    hints: ['For example: EarlyStop or early-stop'],
    exitCode: ExitCode.usage,
  });
}

/** Packages that those which `exp init` and `exp new plugin-package` write depend on: npm refuses a package that depends on its own name. */
const DEPENDENCIES = ['explab', 'typescript'];

/** @throws UserError for the name of a package that npm would refuse */
export function checkPackageName(name: string): void {
  if (!DEPENDENCIES.includes(name)) return;
  throw new UserError(`A package cannot be called ${name}, as it depends on a package of that name.`, {
    hints: [`Choose another name, such as my-${name}.`],
    exitCode: ExitCode.usage,
  });
}

function pascalCase(name: string): string {
  const parts = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return parts.join('');
}

/** `MyDDIM2` is `my-ddim2`. */
export function kebabCase(name: string): string {
  const parts = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return parts.toLowerCase();
}
