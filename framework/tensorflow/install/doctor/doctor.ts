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
 * Looks at all that a run needs. What only the setup needs is not missed once that is done.
 * @param runs the folder of all runs
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
