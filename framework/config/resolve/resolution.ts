import { Container } from 'inversify';
import { UserError, messageOf } from '../../errors';
import type { ConfigNode } from './config-node';
import { configure } from './configure';
import { type Class, type Kind, SlotField } from '../declare/declare';
import { DynamicSettings } from './dynamic-settings';
import { type Override, parseOverrides } from '../parse/override';
import { type Option, type Registry, lineageOf } from './registry';

/** What is closed when the run ends. */
interface Closable {
  close(): void | Promise<void>;
}

/** Makes something and shows that it does: `dataset: CelebA`. */
export type Prepare = (what: string, make: () => unknown) => unknown;

/**
 * A config whose slots are made by an inversify container, lazily and once. Each option is made in a container of its own, within that
 * of the option that it belongs to, so that a constructor asks for its settings, for what fills another slot, by its kind, and for the
 * run's services.
 */
export class Resolution {
  readonly root: ConfigNode;
  /** The settings that may change while the run goes on. */
  readonly dynamic: DynamicSettings;
  private readonly made = new Map<ConfigNode, unknown>();
  private readonly containers = new Map<ConfigNode, Container>();

  /**
   * @param container has the services of the run; without one, only options that ask for none can be made
   * @throws UserError listing everything that is wrong with the overrides
   */
  constructor(
    registry: Registry,
    experiment: Option,
    overrides: readonly Override[],
    private readonly container = new Container(),
    private readonly prepare: Prepare = (_, make) => make(),
  ) {
    const configured = (args: readonly string[]) =>
      configure(registry, experiment, [...overrides, ...parseOverrides(args)], (branch) => this.make(branch));
    this.root = configured([]);
    this.dynamic = new DynamicSettings(this.root, configured);
  }

  /** The object that a branch stands for; made at the first call. */
  make(branch: ConfigNode = this.root): unknown {
    if (!this.made.has(branch)) this.made.set(branch, this.construct(branch));
    return this.made.get(branch);
  }

  /**
   * Makes the options of a slot of several, passing over those that fail.
   * @param name of the slot, a field of the root
   * @param failed told which option could not be made, and why; may throw
   */
  makeAll(name: string, failed: (option: string, error: unknown) => void): unknown[] {
    const slot = this.root.choices.find(({ key }) => key === name);
    return (slot?.chosen ?? []).flatMap((branch) => {
      try {
        return [this.make(branch)];
      } catch (error) {
        failed(branch.option?.name ?? '', error);
        return [];
      }
    });
  }

  private construct(branch: ConfigNode): unknown {
    const { option, key } = branch;
    if (!option) throw new Error(`${key} is no option`);
    const make = () => this.containerOf(branch).get(option.type);
    try {
      return key === '' ? make() : this.prepare(`${slotOf(branch)}: ${option.name}`, make);
    } catch (error) {
      // A constructor's own errors pass; inversify's are about what the constructor asks for.
      if (!(error instanceof Error) || error.constructor.name !== 'InversifyCoreError') throw error;
      throw new UserError(`${option.name} cannot be made: ${messageOf(error).split('\n')[0] ?? ''}`, {
        hints: [
          "A constructor may ask for its own settings, another slot's object by its kind, and services of the run.",
        ],
        cause: error,
      });
    }
  }

  /** The container of the option that a branch belongs to. */
  private containerOf(branch: ConfigNode): Container {
    const found = this.containers.get(branch);
    if (found) return found;
    const { option, parent } = branch;
    if (!option && parent) return this.containerOf(parent);
    const container = new Container({ parent: parent ? this.containerOf(parent) : this.container });
    for (const each of branch.subtree) bindBranch(container, each);
    if (option) container.bind(option.type).toSelf().inSingletonScope();
    this.containers.set(branch, container);
    return container;
  }

  /**
   * Closes or frees whatever was made and can be, the last made first. One that fails does not keep the others from it.
   * @param isTold told what failed to close, and why; says whether that has been taken care of
   * @throws the first other failure, when everything was closed
   */
  async close(isTold: (made: unknown, error: unknown) => boolean = () => false): Promise<void> {
    const instances = [...this.made.values()].reverse();
    this.made.clear();
    const failures: unknown[] = [];
    for (const instance of instances) {
      for (const end of endsOf(instance)) {
        try {
          await end();
        } catch (error) {
          if (!isTold(instance, error)) failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Binds the settings of a branch, by its class and those that it extends, and what fills its slots, by their kinds. */
function bindBranch(container: Container, { type, settings, choices }: ConfigNode): void {
  for (const each of lineageOf(type)) {
    if (!container.isCurrentBound(each)) container.bind(each).toConstantValue(settings);
  }
  const slots = choices.filter(({ field }) => field instanceof SlotField);
  for (const kind of new Set(slots.map(({ field }) => field.kind))) {
    const keys = slots.filter(({ field }) => field.kind === kind).map(({ key }) => key);
    container.bind(kind as Class).toDynamicValue(() => onlySlot(kind, keys, settings));
  }
}

function onlySlot(kind: Kind, [key = '', ...others]: readonly string[], settings: object): object {
  if (others.length === 0) return Reflect.get(settings, key.split('.').at(-1) ?? '') as object;
  throw new UserError(
    `A constructor asks for ${kind.name}, of which there are ${others.length + 1}: ${[key, ...others].join(', ')}.`,
  );
}

/** The key of the slot that a branch fills; of one of several, without its own name. */
function slotOf({ key, option }: ConfigNode): string {
  return key.endsWith(`.${option?.name ?? ''}`) ? key.slice(0, key.lastIndexOf('.')) : key;
}

/** What is to be done with an object at the end. */
function endsOf(instance: unknown): (() => void | Promise<void>)[] {
  return [
    ...(isClosable(instance) ? [() => instance.close()] : []),
    ...(isDisposable(instance) ? [() => instance.dispose()] : []),
  ];
}

function isDisposable(candidate: unknown): candidate is { dispose(): void } {
  return typeof (candidate as { dispose?: unknown } | undefined)?.dispose === 'function';
}

function isClosable(candidate: unknown): candidate is Closable {
  return typeof (candidate as Partial<Closable> | undefined)?.close === 'function';
}
