import type { Plain, Scalar } from '../config/declare/shape';
import type { Settings } from '../config/parse/object-overrides';

/** An experiment's class, with the class of its settings. */
export type ExperimentClass<S> = abstract new (settings: S, ...services: never[]) => object;

/** Settings of a run: the fields of a settings class, and dotted keys for the settings of options. */
export type SettingsFor<S> = {
  readonly [Name in keyof S]?: SettingFor<S[Name]> | (undefined extends S[Name] ? null : never) | undefined;
} & Readonly<Record<`${string}.${string}` | `${'+' | '~'}${string}`, unknown>>;

/** A value or a reference to another; for an option its name, its class, or its name and settings: `{ option: 'CSV', path: 'a.csv' }`. */
type SettingFor<T> = T extends Scalar
  ? T | `\${${string}}`
  : T extends Plain
    ? T
    : T extends readonly unknown[]
      ? readonly OptionSetting[]
      : OptionSetting;

type OptionSetting = string | Settings | (abstract new (...args: never[]) => object);
