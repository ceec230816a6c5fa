import { run } from '../../../install/child';
import { shellWord } from '../../../util/shell-word';
import { checkLibraries, type Installation } from '../installation';
import { findKernels } from '../kernels';
import { hasNvidiaGpu, nvidiaGpus } from '../nvidia';
import type { TensorFlowSource } from '../source';
import { findTensorBoard } from '../tensorboard';
import { type SmokeTestResult, smokeTest } from '../smoke-test';
import { type Finding, look, missing, ok, optional } from './finding';
import { commandName } from '../../../util/command-name';

export async function checkTensorFlow(
  installation: Installation | undefined,
  source: TensorFlowSource,
): Promise<Finding> {
  if (installation)
    return ok('TensorFlow', `${installation.version}, ${installation.variant}, in ${installation.folder}`);
  const obstacle = await look('TensorFlow', async () => {
    await source.check();
    return '';
  });
  return obstacle.state === 'ok'
    ? missing('TensorFlow', `${source.title} is not installed`, `${commandName()} setup`)
    : obstacle;
}

/** Loads the addon in a separate process. @returns the finding, and the result of the smoke test if it passes */
export async function checkAddon(
  installation: Installation | undefined,
): Promise<{ finding: Finding; trial?: SmokeTestResult }> {
  if (!installation) return { finding: missing('Addon', 'not built', `${commandName()} setup`) };
  let trial: SmokeTestResult | undefined;
  const finding = await look('Addon', async () => {
    checkLibraries(installation);
    trial = await smokeTest(installation.addon);
    return `loads and computes on the ${trial.gpu ? 'GPU' : 'CPU'}`;
  });
  return trial
    ? { finding, trial }
    : { finding: { ...finding, fix: [...new Set([...finding.fix, `${commandName()} setup --force`])] } };
}

/** Checks the project's custom operations, which are not used on GPUs. */
export async function checkKernels(installation: Installation | undefined): Promise<Finding> {
  const name = 'Fused operations';
  if (installation?.gpu) return ok(name, 'not used: only for CPUs');
  const kernels = installation && findKernels(installation);
  if (installation && kernels?.library !== undefined) return testKernels(name, installation, kernels.library);
  const found = kernels ? 'could not be compiled: steps are slower' : 'not compiled yet';
  return optional(missing(name, found, kernels ? `${commandName()} setup --force` : `${commandName()} setup`));
}

async function testKernels(name: string, { addon }: Installation, library: string): Promise<Finding> {
  const finding = await look(name, async () => {
    await smokeTest(addon, { libraries: [library] });
    return 'compiled and loadable';
  });
  return finding.state === 'ok'
    ? finding
    : { ...finding, fix: [...finding.fix, `rm ${shellWord(library)} && ${commandName()} setup`] };
}

export function checkGpu(installation: Installation | undefined, trial: SmokeTestResult | undefined): Finding {
  const name = 'NVIDIA GPU';
  const gpus = nvidiaGpus().join('; ') || 'present but not listed by nvidia-smi';
  if (!hasNvidiaGpu()) return ok(name, 'none: TensorFlow computes on the CPU');
  if (!installation || trial?.gpu) return ok(name, gpus);
  const fix =
    installation.variant === 'cuda'
      ? 'TensorFlow requires an NVIDIA driver for CUDA 12; nvidia-smi shows the installed version'
      : `${commandName()} setup --variant cuda`;
  return optional(missing(name, `${gpus}: TensorFlow does not use it`, fix));
}

export async function checkTensorBoard(): Promise<Finding> {
  const python = findTensorBoard();
  const install = `Installed on first use by ${commandName()} tensorboard`;
  if (!python) return optional(missing('TensorBoard', 'not installed', install));
  const { code, stdout } = await run(python, ['-I', '-c', 'from tensorboard import version; print(version.VERSION)'], {
    limitSeconds: 60,
  });
  return code === 0
    ? ok('TensorBoard', stdout.trim())
    : missing('TensorBoard', `broken in ${python}`, `${commandName()} setup --force`);
}
