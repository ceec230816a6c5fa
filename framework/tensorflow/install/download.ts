import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { UserError } from '../../errors';
import { ADDON, testInPlace } from './addon';
import { relevantLines, run } from '../../install/child';
import { packageFolder, packageVersion, TFJS } from './npm-package';
import type { BuildContext } from '../../install/source';
import { SETUP, type TensorFlowParts, type TensorFlowSource } from './source';

/** TensorFlow version of the npm package's own installer. */
export const DOWNLOAD_VERSION = '2.9.1';

/** The npm package's own download, as by its npm install script: an old TensorFlow, as a last resort. */
export class DownloadSource implements TensorFlowSource {
  readonly key = `download-${DOWNLOAD_VERSION}-tfjs${packageVersion(TFJS)}-${process.platform}-${process.arch}`;
  readonly command = SETUP.command;
  readonly alternatives = SETUP.alternatives;
  readonly title = `TensorFlow ${DOWNLOAD_VERSION}, the npm package's own download`;
  readonly space = 3e9;

  check(): Promise<void> {
    return Promise.resolve();
  }

  async build(context: BuildContext): Promise<TensorFlowParts> {
    const title = `Download TensorFlow ${DOWNLOAD_VERSION} with CUDA 11.2, as the npm package does`;
    await context.progress.step(title, () => download(context));
    const addon = join(COPY, 'lib', 'napi-v8', ADDON);
    return { ...(await testInPlace(context, addon)), variant: 'download', library: join(COPY, 'deps', 'lib'), addon };
  }
}

const COPY = 'package';

/** Runs the package's installer in a copy of the package, so that an interruption leaves node_modules unchanged. */
async function download({ folder, log, signal }: BuildContext): Promise<void> {
  const from = packageFolder(TFJS);
  const to = join(folder, COPY);
  for (const part of ['package.json', 'scripts', 'binding', 'binding.gyp'])
    await cp(join(from, part), join(to, part), { recursive: true });

  const modules = dirname(dirname(from));
  const { code, output } = await run(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: to,
    log,
    signal,
    environment: { NODE_PATH: modules, PATH: [join(modules, '.bin'), process.env['PATH']].join(delimiter) },
  });
  signal.throwIfAborted();
  // The installer exits with 0 after some of its failures.
  if (code === 0 && existsSync(join(to, 'lib', 'napi-v8', ADDON))) return;
  throw new UserError(`The npm package's own installer failed.`, {
    hints: [
      ...relevantLines(output, 3),
      `Full output: ${log}`,
      'Use the Python wheel instead: exp setup --variant auto',
    ],
  });
}
