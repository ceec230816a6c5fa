import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../errors';
import { cacheFolder, installationsFolder } from '../../../install/cache';
import { findWorkingCompiler } from '../compiler';
import { findPython } from '../../../install/python';
import { checkFolderWritable } from '../../../util/writable';
import { freeSpaceOf, gigabytes } from '../../../install/space';
import { SETUP } from '../source';
import { type Finding, look, missing, ok } from './finding';

const OLDEST_NODE = [20, 19] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return isNewEnough ? ok('Node', version) : missing('Node', version, `Install Node ${OLDEST_NODE.join('.')} or newer`);
}

export function checkPlatform(): Finding {
  const platform = `${process.platform}-${process.arch}`;
  if (['linux-x64', 'linux-arm64'].includes(platform)) return ok('Platform', platform);
  return missing(
    'Platform',
    `${platform}, for which there is no build`,
    'exp setup --tensorflow PATH',
    'exp setup --download',
  );
}

export function checkPython(): Promise<Finding> {
  return look('Python', async () => {
    const { command, version } = await findPython({ ...SETUP, title: 'TensorFlow' });
    return `${version} with venv (${command})`;
  });
}

export function checkCompiler(): Promise<Finding> {
  return look('C++ compiler', async () => (await findWorkingCompiler()).join(' '));
}

/** Whether what is installed can be read, and more can be put beside it. */
export async function checkCache(): Promise<Finding> {
  const finding = await look('Cache', () => {
    const folder = installationsFolder();
    checkFolderWritable(folder);
    if (existsSync(folder)) readdirSync(folder);
    return cacheFolder();
  });
  if (finding.state === 'ok') return finding;
  return { ...finding, fix: [...finding.fix, 'EXPLAB_CACHE=/path/to/folder exp setup'] };
}

/** @param needed bytes */
export async function checkDisk(needed: number): Promise<Finding> {
  const folder = nearestFolder(cacheFolder());
  const free = await freeSpaceOf(folder);
  const found = `${gigabytes(free)} free in ${folder}`;
  if (free >= needed) return ok('Disk', found);
  return missing('Disk', `${found}, ${gigabytes(needed)} needed`, 'EXPLAB_CACHE=/path/on/another/disk exp setup');
}

/** npm's packages that hold machine code: npm leaves out the build for this machine when a lock file was made on another. */
export function checkNativePackages(): Finding {
  const load = createRequire(__filename);
  const broken = ['koffi', 'sharp'].filter((name) => !loads(() => load(name)));
  if (broken.length === 0) return ok('Native packages', 'koffi, sharp');
  return missing(
    'Native packages',
    `${broken.join(', ')} cannot be loaded`,
    `npm install --include=optional ${broken.join(' ')}`,
  );
}

/** Whether a folder can be written, tried by writing. */
export function checkWriting(folder: string): Finding {
  const nearest = nearestFolder(folder);
  try {
    rmdirSync(mkdtempSync(join(nearest, '.doctor-')));
    return ok('Runs', folder);
  } catch (error) {
    return missing(
      'Runs',
      `${nearest} cannot be written: ${messageOf(error)}`,
      `mkdir -p ${folder} && chmod u+rwx ${folder}`,
    );
  }
}

function loads(load: () => unknown): boolean {
  try {
    load();
    return true;
  } catch {
    return false;
  }
}

/** The folder itself, or the nearest above it that exists. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}
