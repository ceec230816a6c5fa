import { join } from 'node:path';
import { UserError } from '../../errors';
import { relevantLines, run } from '../../install/child';
import { findCompiler } from './compiler';
import { packageFolder, TFJS_FOLDER } from './npm-package';
import { PLATFORM } from './platform';
import { noSpaceLeft, ranOutOfSpace } from '../../install/space';
import type { BuildContext } from '../../install/source';
import { type SmokeTestResult, smokeTest } from './smoke-test';

/** File name of the addon, prescribed by the npm package. */
export const ADDON = 'tfjs_binding.node';

/**
 * Builds the npm package's addon for a TensorFlow. It uses the stable Node-API, so one build works with every version of Node and
 * requires neither node-gyp nor Node's headers.
 * @param tensorflow folder of the libraries and `include/`
 * @param runPath folder in which the addon looks for the libraries
 * @returns the addon's file name within the build folder
 * @throws UserError with the compiler's errors
 */
export async function buildAddon(
  { folder, log, signal, subject }: BuildContext,
  tensorflow: string,
  runPath: string,
): Promise<string> {
  const [command, ...compilerArgs] = findCompiler();
  const args = [...compilerArgs, ...buildArguments(tensorflow, runPath), '-o', join(folder, ADDON)];
  const { code, output } = await run(command, args, { log, signal, environment: { TMPDIR: folder } });
  signal.throwIfAborted();
  if (code === 0) return ADDON;
  if (ranOutOfSpace(output)) throw noSpaceLeft(subject);
  throw new UserError(`The Node addon cannot be built for the TensorFlow in ${tensorflow}.`, {
    hints: [...relevantLines(output, 5), `Full output of the compiler: ${log}`],
  });
}

/** Tests an addon in the build folder, as the last step. @throws UserError */
export function testInPlace({ folder, log, signal, progress }: BuildContext, addon: string): Promise<SmokeTestResult> {
  return progress.step('Test it', () => smokeTest(join(folder, addon), { log, signal }));
}

function buildArguments(tensorflow: string, runPath: string): string[] {
  const sources = join(TFJS_FOLDER, 'binding');
  const headers = [join(packageFolder('node-api-headers'), 'include'), join(tensorflow, 'include')];
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8'],
    ...headers.map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, file)),
    ...PLATFORM.libraries.map((file) => join(tensorflow, file)),
    `-Wl,-rpath,${runPath}`,
    // Node provides its symbols when the addon is loaded.
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
  ];
}
