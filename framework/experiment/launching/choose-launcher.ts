import { ensureMpi } from '../../cluster/mpi/installation';
import { slot } from '../../config/declare/declare';
import { parseOverrides } from '../../config/parse/override';
import type { Registry } from '../../config/resolve/registry';
import { Resolution } from '../../config/resolve/resolution';
import { Launcher } from '../../kinds/launcher';

class LaunchSettings {
  /** Where the run runs. */
  launcher = slot(Launcher, 'Local');
}

/** A launcher as it was chosen. */
export interface ChosenLauncher {
  /** The name of its option. */
  readonly name: string;
  /** Its settings, as they were typed. */
  readonly settings: readonly string[];
  readonly launcher: Launcher;
}

/**
 * Makes a launcher.
 * @param name of its option, in capital or small letters
 * @param settings of the form `launcher.key=value`
 * @throws UserError listing everything that is wrong with them
 */
export function chooseLauncher(registry: Registry, name: string, settings: readonly string[]): ChosenLauncher {
  const option = launcherName(registry, name);
  const launch = { kind: LaunchSettings, name: 'a launcher', settings: LaunchSettings, type: LaunchSettings, file: '' };
  const overrides = parseOverrides([...settings, `launcher=${option}`]);
  const { root } = new Resolution(registry, launch, overrides);
  return { name: option, settings, launcher: (root.settings as LaunchSettings).launcher };
}

/** The name of a launcher that is written otherwise only in capital and small letters; another is left as it is. */
export function launcherName(registry: Registry, name: string): string {
  const names = registry.optionsOf(Launcher).map((option) => option.name);
  return names.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Makes sure that jobs can be submitted, and that they find MPI where they need it. @throws UserError where they cannot */
export async function prepareLauncher(launcher: Launcher): Promise<void> {
  await launcher.check();
  if (launcher.needsMpi) await ensureMpi();
}
