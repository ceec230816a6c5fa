import { Container } from 'inversify';
import type { Branch } from './branch';
import { configure } from './configure';
import { DynamicSettings } from './dynamic';
import { type Override, parseOverrides } from './override';
import type { Option, Registry } from './registry';

/** What is closed when the run ends. */
interface Closable {
  close(): void | Promise<void>;
}

/**
 * A config whose slots are made by an inversify container, lazily and once. Each option is made in a child container that knows
 * its own settings, so that a constructor asks for them, for the run's services, or for both.
 */
export class Resolution {
  readonly root: Branch;
  /** The settings that may change while the run goes on. */
  readonly dynamic: DynamicSettings;
  private readonly made = new Map<Branch, unknown>();

  /** @throws UserError listing everything that is wrong with the overrides */
  constructor(
    registry: Registry,
    experiment: Option,
    overrides: readonly Override[],
    private readonly container: Container,
  ) {
    const configured = (words: readonly string[]) =>
      configure(registry, experiment, [...overrides, ...parseOverrides(words)], (branch) => this.make(branch));
    this.root = configured([]);
    this.dynamic = new DynamicSettings(this.root, configured);
  }

  /** The object that a branch stands for; made at the first call. */
  make(branch: Branch = this.root): unknown {
    if (!this.made.has(branch)) this.made.set(branch, this.construct(branch));
    return this.made.get(branch);
  }

  private construct(branch: Branch): unknown {
    const { option } = branch;
    if (!option) throw new Error(`${branch.key} is no option`);
    const child = new Container({ parent: this.container });
    for (const { type, settings } of [branch, ...branch.groups]) child.bind(type).toConstantValue(settings);
    child.bind(option.type).toSelf().inSingletonScope();
    return child.get(option.type);
  }

  /** Closes or frees whatever was made and can be, the last made first. */
  async close(): Promise<void> {
    const instances = [...this.made.values()].reverse();
    this.made.clear();
    for (const instance of instances) {
      if (isClosable(instance)) await instance.close();
      if (isDisposable(instance)) instance.dispose();
    }
  }
}

function isDisposable(candidate: unknown): candidate is { dispose(): void } {
  return typeof (candidate as { dispose?: unknown } | undefined)?.dispose === 'function';
}

function isClosable(candidate: unknown): candidate is Closable {
  return typeof (candidate as Partial<Closable> | undefined)?.close === 'function';
}
