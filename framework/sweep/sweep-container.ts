import { Container } from 'inversify';
import { parseOverrides } from '../config/parse/override';
import type { Registry } from '../config/resolve/registry';
import { Resolution } from '../config/resolve/resolution';
import { SweepSettings } from './sweep-settings';

/** The settings of a sweep with its searcher and its launcher, in their own container. */
export class SweepContainer {
  readonly settings: SweepSettings;
  private readonly resolution: Resolution;

  /** @throws UserError listing all mistakes in the overrides */
  constructor(
    registry: Registry,
    private readonly overrides: readonly string[],
  ) {
    const sweep = {
      kind: SweepSettings,
      name: 'a sweep',
      settings: SweepSettings,
      type: SweepSettings,
      file: '',
      path: __filename,
    };
    this.resolution = new Resolution(registry, sweep, parseOverrides(overrides), new Container());
    this.settings = this.resolution.root.settings as SweepSettings;
  }

  /** The launcher's name, and its settings as typed. */
  get chosen(): { launcher: string; settings: readonly string[] } {
    const slot = [...this.resolution.root.entries()].find(({ key }) => key === 'launcher');
    return { launcher: String(slot?.value), settings: this.overrides.filter((text) => text.startsWith('launcher.')) };
  }

  /** Closes the searcher and the launcher, if they were used. */
  close(): Promise<void> {
    return this.resolution.close();
  }
}
