import { ensureMpi } from '../../cluster/mpi/installation';
import { slot } from '../../config/declare/declare';
import { parseOverrides } from '../../config/parse/override';
import type { Registry } from '../../config/resolve/registry';
import { Resolution } from '../../config/resolve/resolution';
import { Launcher } from '../../kinds/launcher';

class LaunchSettings {
  /** Launcher that executes the run. */
  launcher = slot(Launcher, 'Local');
}

/** Launcher with its name and settings. */
export interface ChosenLauncher {
  /** Name of its option. */
  readonly name: string;
  /** Its settings, as typed. */
  readonly settings: readonly string[];
  readonly launcher: Launcher;
}

/**
 * Creates a launcher.
 * @param name name of its option, case-insensitive
 * @param settings of the form `launcher.key=value`
 * @throws UserError listing all mistakes
 */
export function chooseLauncher(registry: Registry, name: string, settings: readonly string[]): ChosenLauncher {
  const option = launcherName(registry, name);
  const launch = {
    kind: LaunchSettings,
    name: 'a launcher',
    settings: LaunchSettings,
    type: LaunchSettings,
    file: '',
    path: __filename,
  };
  const overrides = parseOverrides([...settings, `launcher=${option}`]);
  const { root } = new Resolution(registry, launch, overrides);
  return { name: option, settings, launcher: (root.settings as LaunchSettings).launcher };
}

/** Corrects the case of a launcher's name; returns an unknown name unchanged. */
export function launcherName(registry: Registry, name: string): string {
  const names = registry.optionsOf(Launcher).map((option) => option.name);
  return names.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Checks that jobs can be submitted, and provides MPI for them if needed. @throws UserError if either fails */
export async function prepareLauncher(launcher: Launcher): Promise<void> {
  await launcher.check();
  if (launcher.needsMpi) await ensureMpi();
}
