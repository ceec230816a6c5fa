import { type Choice, choiceForMachine, currentChoice, remember } from './choice';
import type { EnsureOptions } from '../../install/ensure';
import { ensureInstallation, type Installation } from './installation';
import { ensureKernels } from './kernels';

/**
 * Installs a TensorFlow and remembers the choice for later runs.
 * @param requested 'auto' to choose by the machine from now on; undefined for the remembered choice
 * @throws UserError with the cause of a failed installation and a command that fixes it
 */
export async function setUp(requested: Choice | 'auto' | undefined, options?: EnsureOptions): Promise<Installation> {
  const choice = requested === 'auto' ? choiceForMachine() : (requested ?? currentChoice());
  const installation = await ensureInstallation(choice, options);
  if (!installation.gpu) await ensureKernels(installation, options);
  if (requested) remember(requested === 'auto' ? undefined : choice);
  return installation;
}
