import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of a command's executable, found on the PATH. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const INSTALLERS = [
  { program: 'apt-get', command: 'apt-get install -y', python: 'python3 python3-venv', compiler: 'g++' },
  { program: 'dnf', command: 'dnf install -y', python: 'python3.12', compiler: 'gcc-c++' },
  { program: 'zypper', command: 'zypper install -y', python: 'python312', compiler: 'gcc-c++' },
  { program: 'pacman', command: 'pacman -S --noconfirm', python: 'python', compiler: 'gcc' },
] as const;

/** Command that installs Python or a C++ compiler on this machine. */
export function installCommand(what: 'python' | 'compiler', packages?: string): string {
  const installer = INSTALLERS.find(({ program }) => findProgram(program)) ?? INSTALLERS[0];
  const asRoot = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${asRoot}${installer.command} ${packages ?? installer[what]}`;
}
