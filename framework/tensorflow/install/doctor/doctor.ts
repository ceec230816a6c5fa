import { currentChoice, sourceOf } from '../choice';
import { findInstallation } from '../installation';
import { type Finding, optional } from './finding';
import {
  checkCache,
  checkCompiler,
  checkDisk,
  checkNativePackages,
  checkNode,
  checkPlatform,
  checkPython,
  checkWriting,
} from './machine';
import { checkAddon, checkGpu, checkKernels, checkTensorBoard, checkTensorFlow } from './tensorflow';

/**
 * Checks all requirements of a run. Requirements of the setup alone are optional once TensorFlow is installed.
 * @param runs folder of all runs
 */
export async function examine(runs: string): Promise<Finding[]> {
  const source = sourceOf(currentChoice());
  const installation = findInstallation();
  const forSetup = installation ? optional : (finding: Finding): Finding => finding;
  const { finding: addon, trial } = await checkAddon(installation);
  return [
    checkNode(),
    forSetup(checkPlatform()),
    forSetup(await checkPython()),
    forSetup(await checkCompiler()),
    forSetup(await checkCache()),
    forSetup(await checkDisk(source.space)),
    await checkTensorFlow(installation, source),
    addon,
    await checkKernels(installation),
    checkGpu(installation, trial),
    await checkTensorBoard(),
    checkNativePackages(),
    checkWriting(runs),
  ];
}
