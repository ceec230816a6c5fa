import { type Choice, choiceForMachine, currentChoice, remember } from './choice';
import type { EnsureOptions } from '../../install/ensure';
import { ensureInstallation, type Installation } from './installation';
import { ensureKernels } from './kernels';

/**
 * Installs the TensorFlow that is asked for, and holds on to the choice for later runs.
 * @param asked 'auto' for what suits the machine, from now on; nothing for what was chosen before
 * @throws UserError that says what stood in the way, and the command that mends it
 */
export async function setUp(asked: Choice | 'auto' | undefined, options?: EnsureOptions): Promise<Installation> {
  const choice = asked === 'auto' ? choiceForMachine() : (asked ?? currentChoice());
  const installation = await ensureInstallation(choice, options);
  if (!installation.gpu) await ensureKernels(installation, options);
  if (asked) remember(asked === 'auto' ? undefined : choice);
  return installation;
}
