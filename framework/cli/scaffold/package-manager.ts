import { join } from 'node:path';
import { filesIn } from './templates';

/** The package manager that has started this process: `npm` unless another says so in its user agent. */
export function packageManager(): 'npm' | 'pnpm' | 'yarn' {
  const [, name] = /^(pnpm|yarn)\//.exec(process.env['npm_config_user_agent'] ?? '') ?? [];
  return name === 'pnpm' || name === 'yarn' ? name : 'npm';
}

/** Files that only the package manager of a new project reads: pnpm fails unless it is told which install scripts to run. */
export function managerFiles(): Readonly<Record<string, string>> {
  return packageManager() === 'pnpm' ? filesIn(join(__dirname, 'pnpm')) : {};
}

/** The commands that install a new project's packages and begin to run `exp`. */
export function installAndExp(): string {
  const manager = packageManager();
  return `${manager} install && ${manager === 'npm' ? 'npx' : manager} exp`;
}
