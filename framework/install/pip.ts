import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { relevantLines, run } from './child';
import { explainPip } from './pip-faults';
import type { Python } from './python';
import type { BuildContext } from './source';
import { noSpaceLeft, ranOutOfSpace } from './space';

/** Folder of the virtual environment within the build folder, and its Python. */
export const ENVIRONMENT = 'environment';
export const ENVIRONMENT_PYTHON = join(ENVIRONMENT, 'bin', 'python');

/** Creates an empty virtual environment in the build folder. @throws UserError */
export async function makeEnvironment(context: BuildContext, python: Python): Promise<void> {
  const { code, output } = await run(python.command, ['-I', '-m', 'venv', join(context.folder, ENVIRONMENT)], context);
  context.signal.throwIfAborted();
  if (code === 0) return;
  if (ranOutOfSpace(output)) throw noSpaceLeft(context.subject);
  throw new UserError(`${python.command} -m venv failed.`, {
    hints: [...relevantLines(output, 5), `Full output: ${context.log}`],
  });
}

/**
 * Installs the packages of requirements files, each pinned by its hash, with the user's pip configuration.
 * @returns the folder of the installed packages, relative to the build folder
 * @throws UserError with the cause of a failed installation
 */
export async function installPackages(context: BuildContext, requirements: readonly string[]): Promise<string> {
  // On the disk whose free space was checked, and removed with the build folder.
  const temporary = join(context.folder, 'temporary');
  await mkdir(temporary);
  const details = join(context.folder, 'pip.log');
  const args = [...installArguments(requirements), '--log', details];
  const { code, output } = await run(join(context.folder, ENVIRONMENT_PYTHON), args, {
    ...context,
    // A user's `--user` default has no meaning in a virtual environment.
    environment: { TMPDIR: temporary, PIP_USER: '0' },
  });
  context.signal.throwIfAborted();
  if (code !== 0) throw explainPip([...(await readFetchErrors(details)), output].join('\n'), context);
  await rm(details);
  await rm(temporary, { recursive: true, force: true });
  return packagesFolder(context);
}

/** Short hash of the contents of requirements files. */
export function hashOf(requirements: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of requirements) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

/** Connection errors, which pip writes only to its own log (9 MB for a successful installation). */
async function readFetchErrors(log: string): Promise<string[]> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
  return lines.filter((line) => line.includes('Could not fetch URL'));
}

function installArguments(requirements: readonly string[]): string[] {
  return [
    ...['-I', '-m', 'pip', 'install', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
    ...['--no-compile', '--no-input', '--progress-bar', 'off', '--disable-pip-version-check'],
    ...requirements.flatMap((file) => ['-r', file]),
  ];
}

/** Folder of an environment's installed packages, relative to the build folder. */
export async function packagesFolder({ folder }: BuildContext): Promise<string> {
  const lib = join(ENVIRONMENT, 'lib');
  const [python = ''] = await readdir(join(folder, lib));
  return join(lib, python, 'site-packages');
}
