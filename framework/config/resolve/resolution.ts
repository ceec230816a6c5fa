import { Container } from 'inversify';
import { UserError, messageOf } from '../../errors';
import type { ConfigNode } from './config-node';
import { configure } from './configure';
import { type Class, type Kind, SlotField } from '../declare/declare';
import { DynamicSettings } from './dynamic-settings';
import { type Override, parseOverrides } from '../parse/override';
import { lineageOf } from './lineage';
import type { Option, Registry } from './registry';

/** Resource that is closed when the run ends. */
interface Closable {
  close(): void | Promise<void>;
}

/** Creates an object while showing what is created: `dataset: CSV`. */
export type Prepare = (label: string, make: () => unknown) => unknown;

/**
 * A config whose slots are created by inversify containers, lazily and once. Each option has its own container, a child of its parent
 * option's, so that a constructor can inject its settings, the object of another slot (by its kind) and the run's services.
 */
export class Resolution {
  readonly root: ConfigNode;
  /** Settings that can change during the run. */
  readonly dynamic: DynamicSettings;
  private readonly created = new Map<ConfigNode, unknown>();
  private readonly containers = new Map<ConfigNode, Container>();

  /**
   * @param container provides the services of the run; without it, only options that need none can be created
   * @throws UserError listing all mistakes in the overrides
   */
  constructor(
    registry: Registry,
    experiment: Option,
    overrides: readonly Override[],
    private readonly container = new Container(),
    private readonly prepare: Prepare = (_, make) => make(),
  ) {
    const configureWith = (args: readonly string[]) =>
      configure(registry, experiment, [...overrides, ...parseOverrides(args)], (node) => this.make(node));
    this.root = configureWith([]);
    this.dynamic = new DynamicSettings(this.root, configureWith);
  }

  /** The object of a node, created on the first call. */
  make(node: ConfigNode = this.root): unknown {
    if (!this.created.has(node)) this.created.set(node, this.construct(node));
    return this.created.get(node);
  }

  /**
   * Creates the options of a slot of several, skipping those that fail.
   * @param name of the slot, a field of the root
   * @param onError called with the name of an option that failed, and the error; may throw
   */
  makeAll(name: string, onError: (option: string, error: unknown) => void): unknown[] {
    const slot = this.root.choices.find(({ key }) => key === name);
    return (slot?.chosen ?? []).flatMap((node) => {
      try {
        return [this.make(node)];
      } catch (error) {
        onError(node.option?.name ?? '', error);
        return [];
      }
    });
  }

  private construct(node: ConfigNode): unknown {
    const { option, key } = node;
    if (!option) throw new Error(`${key} is not an option`);
    const make = () => this.containerOf(node).get(option.type);
    try {
      return key === '' ? make() : this.prepare(`${slotOf(node)}: ${option.name}`, make);
    } catch (error) {
      // Errors of the constructor itself pass; inversify's are about what it injects.
      if (!(error instanceof Error) || error.constructor.name !== 'InversifyCoreError') throw error;
      throw new UserError(`${option.name} cannot be created: ${messageOf(error).split('\n')[0] ?? ''}`, {
        hints: [
          'A constructor can inject its own settings, the object of another slot by its kind, and services of the run.',
        ],
        cause: error,
      });
    }
  }

  /** The container of the option that a node belongs to. */
  private containerOf(node: ConfigNode): Container {
    const existing = this.containers.get(node);
    if (existing) return existing;
    const { option, parent } = node;
    if (!option && parent) return this.containerOf(parent);
    const container = new Container({ parent: parent ? this.containerOf(parent) : this.container });
    for (const each of node.subtree) bindNode(container, each);
    if (option) container.bind(option.type).toSelf().inSingletonScope();
    this.containers.set(node, container);
    return container;
  }

  /**
   * Closes or disposes all created objects that support it, in reverse order of creation, even if some fail.
   * @param handleError called with an object that failed to close, and the error; returns true if it handled the error
   * @throws the first unhandled error, after everything was closed
   */
  async close(handleError: (created: unknown, error: unknown) => boolean = () => false): Promise<void> {
    const instances = [...this.created.values()].reverse();
    this.created.clear();
    const failures: unknown[] = [];
    for (const instance of instances) {
      for (const release of releasersOf(instance)) {
        try {
          await release();
        } catch (error) {
          if (!handleError(instance, error)) failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Binds the settings of a node to its class and base classes, and the objects of its slots to their kinds. */
function bindNode(container: Container, { type, settings, choices }: ConfigNode): void {
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
    `Ambiguous constructor parameter ${kind.name}: ${others.length + 1} slots have this kind (${[key, ...others].join(', ')}).`,
  );
}

/** The key of the slot that a node fills, without the option's name in a slot of several. */
function slotOf({ key, option }: ConfigNode): string {
  return key.endsWith(`.${option?.name ?? ''}`) ? key.slice(0, key.lastIndexOf('.')) : key;
}

/** The functions that release an object. */
function releasersOf(instance: unknown): (() => void | Promise<void>)[] {
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
