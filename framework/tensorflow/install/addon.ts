import { join } from 'node:path';
import { UserError } from '../../errors';
import { tellingLines, run } from '../../install/child';
import { findCompiler } from './compiler';
import { packageFolder, TFJS } from './npm-package';
import { noSpaceLeft, ranOutOfSpace } from '../../install/space';
import type { BuildContext } from '../../install/source';
import { type SmokeTestResult, smokeTest } from './smoke-test';

/** TensorFlow's libraries as its wheels name them. */
export const LIBRARIES =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The file name of the addon, which the npm package prescribes. */
export const ADDON = 'tfjs_binding.node';

/**
 * Builds the npm package's addon on a TensorFlow. It speaks to Node by the stable Node-API, so one build serves every version of
 * Node, and needs neither node-gyp nor Node's own headers.
 * @param tensorflow folder of the libraries and `include/`
 * @param runPath where the addon will look for the libraries
 * @returns the addon's file name within the workplace
 * @throws UserError with the compiler's last words
 */
export async function buildAddon(
  { folder, log, signal, subject }: BuildContext,
  tensorflow: string,
  runPath: string,
): Promise<string> {
  const [command, ...always] = findCompiler();
  const args = [...always, ...argumentsOf(tensorflow, runPath), '-o', join(folder, ADDON)];
  const { code, output } = await run(command, args, { log, signal, environment: { TMPDIR: folder } });
  signal.throwIfAborted();
  if (code === 0) return ADDON;
  if (ranOutOfSpace(output)) throw noSpaceLeft(subject);
  throw new UserError(`The Node addon cannot be built on the TensorFlow in ${tensorflow}.`, {
    hints: [...tellingLines(output, 5), `All that the compiler said: ${log}`],
  });
}

/** Tries an addon that lies in the workplace, as the last step. @throws UserError */
export function tryInPlace({ folder, log, signal, progress }: BuildContext, addon: string): Promise<SmokeTestResult> {
  return progress.step('Try it', () => smokeTest(join(folder, addon), { log, signal }));
}

function argumentsOf(tensorflow: string, runPath: string): string[] {
  const sources = join(packageFolder(TFJS), 'binding');
  const headers = [join(packageFolder('node-api-headers'), 'include'), join(tensorflow, 'include')];
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8'],
    ...headers.map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, file)),
    ...LIBRARIES.map((file) => join(tensorflow, file)),
    `-Wl,-rpath,${runPath}`,
    // Node's own symbols are there when the addon is loaded.
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
  ];
}
