import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../errors';
import { cacheFolder, installationsFolder } from '../../../install/cache';
import { findWorkingCompiler } from '../compiler';
import { findPython } from '../../../install/python';
import { checkFolderWritable } from '../../../util/writable';
import { freeSpaceOf, gigabytes } from '../../../install/space';
import { PLATFORM } from '../platform';
import { SETUP } from '../source';
import { type Finding, look, missing, ok } from './finding';
import { commandName } from '../../../util/command-name';

const MIN_NODE_VERSION = [20, 19] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > MIN_NODE_VERSION[0] || (major === MIN_NODE_VERSION[0] && minor >= MIN_NODE_VERSION[1]);
  return isNewEnough
    ? ok('Node', version)
    : missing('Node', version, `Install Node ${MIN_NODE_VERSION.join('.')} or newer`);
}

export function checkPlatform(): Finding {
  const platform = `${process.platform}-${process.arch}`;
  if (PLATFORM.variants.length > 0) return ok('Platform', platform);
  return missing('Platform', `no prebuilt TensorFlow for ${platform}`, `${commandName()} setup --tensorflow PATH`);
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

/** Checks that installations can be read and added. */
export async function checkCache(): Promise<Finding> {
  const finding = await look('Cache', () => {
    const folder = installationsFolder();
    checkFolderWritable(folder);
    if (existsSync(folder)) readdirSync(folder);
    return cacheFolder();
  });
  if (finding.state === 'ok') return finding;
  return { ...finding, fix: [...finding.fix, `EXPLAB_CACHE=/path/to/folder ${commandName()} setup`] };
}

/** @param needed required bytes */
export async function checkDisk(needed: number): Promise<Finding> {
  const folder = nearestFolder(cacheFolder());
  const free = await freeSpaceOf(folder);
  const found = `${gigabytes(free)} free in ${folder}`;
  if (free >= needed) return ok('Disk', found);
  return missing(
    'Disk',
    `${found}, ${gigabytes(needed)} required`,
    `EXPLAB_CACHE=/path/on/another/disk ${commandName()} setup`,
  );
}

/** Checks npm packages with native code: npm omits the build for this machine if the lock file was made on another. */
export function checkNativePackages(): Finding {
  const load = createRequire(__filename);
  const broken = ['koffi', 'sharp'].filter((name) => !canLoad(() => load(name)));
  if (broken.length === 0) return ok('Native packages', 'koffi, sharp');
  return missing(
    'Native packages',
    `${broken.join(', ')} cannot be loaded`,
    `npm install --include=optional ${broken.join(' ')}`,
  );
}

/** Checks that a folder is writable by writing to it. */
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

function canLoad(load: () => unknown): boolean {
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
