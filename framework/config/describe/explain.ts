import { type Rules, type SlotField, SlotsField } from '../declare/declare';
import type { Origin } from '../parse/override';
import type { ConfigNode, Entry, Provenance } from '../resolve/config-node';
import type { NamedPreset, Registry } from '../resolve/registry';
import type { Docs } from './docs';
import { typeOf } from './format-value';

/** A setting with all that can be told of it. */
export interface Explained {
  /** The full key: `dataset.root`. */
  readonly key: string;
  /** The key within what the setting belongs to. */
  readonly name: string;
  /** A value, or the name or names of what was chosen; nothing where it was left out, or is known only when the run starts. */
  readonly value: unknown;
  /** Why the value is not known yet. */
  readonly unknown?: string;
  readonly type: string;
  readonly unit?: string;
  readonly role?: NonNullable<Rules['role']>;
  /** Whether it may be changed while a run goes on. */
  readonly dynamic?: boolean;
  readonly doc: string;
  readonly origin: Origin | undefined;
  /** Where it came from, in words, with file and line. */
  readonly from: string;
  /** The settings of a group, or of the options that were chosen. */
  readonly settings: readonly Explained[];
}

/** An experiment's config with all that can be told of it. */
export interface ExplainedConfig {
  readonly experiment: string;
  readonly doc: string;
  readonly settings: readonly Explained[];
}

/** Tells of each setting of a config its value, type, unit and doc, and where the value came from. */
export function explain(root: ConfigNode, registry: Registry, docs: Docs): ExplainedConfig {
  const { option } = root;
  const doc = option ? docs.ofClass(option.type, option.file).summary : '';
  return {
    experiment: option?.name ?? '',
    doc,
    settings: new Explainer(registry, docs).settingsOf(root, option?.file),
  };
}

/** Every setting below, groups left out. */
export function flattened(settings: readonly Explained[]): Explained[] {
  return settings.flatMap((each) => [...(each.origin === undefined ? [] : [each]), ...flattened(each.settings)]);
}

class Explainer {
  constructor(
    private readonly registry: Registry,
    private readonly docs: Docs,
  ) {}

  /** @param file of the option that the branch belongs to; a group's class may be declared there */
  settingsOf(branch: ConfigNode, file = branch.option?.file): Explained[] {
    const order = Object.keys(branch.settings);
    const rank = ({ name }: Explained) => order.indexOf(name);
    const found = [
      ...branch.values.map((entry) => ({ ...this.about(branch, entry, file), ...valueOf(entry.read), settings: [] })),
      ...branch.groups.map((group) => this.group(branch, group, file)),
      ...branch.choices.map(({ chosen, ...entry }) => ({
        ...this.about(branch, entry, file),
        value: chosenNames(entry.field, chosen),
        settings: this.ofChosen(entry.field, chosen),
      })),
    ];
    return found.sort((one, other) => rank(one) - rank(other));
  }

  /** The settings of the options of a slot; those of several are under their names. */
  private ofChosen(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): Explained[] {
    if (!(field instanceof SlotsField)) return chosen.flatMap((branch) => this.settingsOf(branch));
    return chosen.flatMap((branch) => {
      const settings = this.settingsOf(branch);
      const { option, key } = branch;
      if (!option || settings.length === 0) return [];
      const { summary: doc, location: from } = this.docs.ofClass(option.type, option.file);
      return [{ ...GROUP, key, name: option.name, doc, from, settings }];
    });
  }

  private group(branch: ConfigNode, group: ConfigNode, file: string | undefined): Explained {
    const name = group.key.split('.').at(-1) ?? '';
    const { summary: doc, location: from } = this.docs.ofField(branch.type, name, file);
    return { ...GROUP, key: group.key, name, doc, from, settings: this.settingsOf(group, file) };
  }

  private about(branch: ConfigNode, entry: Omit<Entry, 'value'>, file: string | undefined) {
    const { key, field, origin } = entry;
    const name = key.split('.').at(-1) ?? '';
    const declared = name in branch.settings ? this.docs.ofField(branch.type, name, file) : PRESETS;
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
    const named = preset && `preset ${preset.preset.name ?? preset.name}, ${this.placeOf(preset)}`;
    return named ?? location ?? [origin, declared].filter(Boolean).join(', ');
  }

  private placeOf({ name, file }: NamedPreset): string {
    return this.docs.ofVariable(name, file).location || file;
  }
}

/** What there is to say of the setting that chooses presets, which no class declares. */
const PRESETS = { summary: 'Presets by name; what the last says is stronger.', location: '' };

/** What is not a setting itself. */
const GROUP = { value: undefined, type: 'group', origin: undefined } as const;

function chosenNames(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): unknown {
  const names = chosen.map((branch) => branch.option?.name ?? '');
  return field instanceof SlotsField ? names : names[0];
}

/** A computed value may need what only a run has: a folder, TensorFlow. */
function valueOf(read: () => unknown): { value: unknown; unknown?: string } {
  try {
    return { value: read() };
  } catch {
    return { value: undefined, unknown: 'known when the run starts' };
  }
}
