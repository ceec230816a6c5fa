import { type Rules, type SlotField, SlotsField } from '../declare/declare';
import { PRESET_SUMMARY } from '../declare/presets';
import type { Origin } from '../parse/override';
import type { ConfigNode, Entry, Provenance } from '../resolve/config-node';
import { CircularDependency } from '../resolve/lazy-cache';
import type { NamedPreset, Registry } from '../resolve/registry';
import type { Docs } from './docs';
import { typeOf } from './format-value';

/** A setting with its value, type and documentation. */
export interface Explained {
  /** The full key: `dataset.root`. */
  readonly key: string;
  /** The key relative to the parent. */
  readonly name: string;
  /** The value, or the names of the chosen options; undefined if not set, or only known when the run starts. */
  readonly value: unknown;
  /** The reason why the value is not known yet. */
  readonly unknown?: string;
  readonly type: string;
  readonly unit?: string;
  readonly role?: NonNullable<Rules['role']>;
  /** True if it can be changed during a run. */
  readonly dynamic?: boolean;
  readonly doc: string;
  readonly origin: Origin | undefined;
  /** Readable origin, with file and line. */
  readonly from: string;
  /** The settings of a group or of the chosen options. */
  readonly settings: readonly Explained[];
}

/** The config of an experiment with the documentation of each setting. */
export interface ExplainedConfig {
  readonly experiment: string;
  readonly doc: string;
  readonly settings: readonly Explained[];
}

/** Describes each setting of a config: value, type, unit, documentation and origin. */
export function explain(root: ConfigNode, registry: Registry, docs: Docs): ExplainedConfig {
  const { option } = root;
  const doc = option ? docs.ofClass(option.type, option.path).summary : '';
  return {
    experiment: option?.name ?? '',
    doc,
    settings: new Explainer(registry, docs).settingsOf(root, option?.path),
  };
}

/** All settings of a tree, without groups. */
export function flattenSettings(settings: readonly Explained[]): Explained[] {
  return settings.flatMap((each) => [...(each.origin === undefined ? [] : [each]), ...flattenSettings(each.settings)]);
}

class Explainer {
  constructor(
    private readonly registry: Registry,
    private readonly docs: Docs,
  ) {}

  /** @param file absolute path of the option that the node belongs to, which may also declare the class of a group */
  settingsOf(node: ConfigNode, file = node.option?.path): Explained[] {
    const order = Object.keys(node.settings);
    const rank = ({ name }: Explained) => order.indexOf(name);
    const explained = [
      ...node.values.map((entry) => ({ ...this.describe(node, entry, file), ...valueOf(entry.read), settings: [] })),
      ...node.groups.map((group) => this.group(node, group, file)),
      ...node.choices.map(({ chosen, ...entry }) => ({
        ...this.describe(node, entry, file),
        value: chosenNames(entry.field, chosen),
        settings: this.chosenSettings(entry.field, chosen),
      })),
    ];
    return explained.sort((one, other) => rank(one) - rank(other));
  }

  /** The settings of the options of a slot; in a slot of several, nested under their names. */
  private chosenSettings(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): Explained[] {
    if (!(field instanceof SlotsField)) return chosen.flatMap((node) => this.settingsOf(node));
    return chosen.flatMap((node) => {
      const settings = this.settingsOf(node);
      const { option, key } = node;
      if (!option || settings.length === 0) return [];
      const { summary: doc, location: from } = this.docs.ofClass(option.type, option.path);
      return [{ ...GROUP, key, name: option.name, doc, from, settings }];
    });
  }

  private group(node: ConfigNode, group: ConfigNode, file: string | undefined): Explained {
    const name = group.key.split('.').at(-1) ?? '';
    const { summary: doc, location: from } = this.docs.ofField(node.type, name, file);
    return { ...GROUP, key: group.key, name, doc, from, settings: this.settingsOf(group, file) };
  }

  private describe(node: ConfigNode, entry: Omit<Entry, 'value'>, file: string | undefined) {
    const { key, field, origin } = entry;
    const name = key.split('.').at(-1) ?? '';
    const declared = name in node.settings ? this.docs.ofField(node.type, name, file) : PRESETS_DOC;
    const { unit, role, dynamic } = field.rules as Rules;
    const type = typeOf(field, this.registry);
    const marks = {
      ...(unit !== undefined && { unit }),
      ...(role !== undefined && { role }),
      ...(dynamic && { dynamic }),
    };
    return { key, name, type, ...marks, doc: declared.summary, origin, from: this.from(entry, declared.location) };
  }

  private from({ origin, location, preset }: Provenance, declared: string): string {
    const presetText = preset && `preset ${preset.preset.name ?? preset.name}, ${this.locationOf(preset)}`;
    return presetText ?? location ?? [origin, declared].filter(Boolean).join(', ');
  }

  private locationOf({ name, file, path }: NamedPreset): string {
    return this.docs.ofVariable(name, path).location || file;
  }
}

/** Documentation of the setting that selects presets. */
const PRESETS_DOC = { summary: PRESET_SUMMARY, location: '' };

/** Properties of an entry that is not a setting itself. */
const GROUP = { value: undefined, type: 'group', origin: undefined } as const;

function chosenNames(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): unknown {
  const names = chosen.map((node) => node.option?.name ?? '');
  return field instanceof SlotsField ? names : names[0];
}

/**
 * Reads a value, if possible: a computed one may need a run's folder or TensorFlow.
 * @throws CircularDependency, which no run would resolve
 */
function valueOf(read: () => unknown): { value: unknown; unknown?: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof CircularDependency) throw error;
    return { value: undefined, unknown: 'known when the run starts' };
  }
}
