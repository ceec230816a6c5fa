import type { Container } from 'inversify';
import { option } from '../../framework/config/declare/option';
import type { Override } from '../../framework/config/parse/override';
import { Registry } from '../../framework/config/resolve/registry';
import { type Prepare, Resolution } from '../../framework/config/resolve/resolution';
import { gatherOverrides } from '../../framework/config/parse/gather-overrides';
import { UserError } from '../../framework/errors';

/** Something with settings, for tests of settings. */
abstract class Subject {}

interface ConfigOptions {
  readonly args?: readonly string[];
  readonly files?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What was gathered already. */
  readonly overrides?: readonly Override[];
  /** What plugins export: options and presets. */
  readonly plugins?: object;
  readonly container?: Container;
  readonly prepare?: Prepare;
}

/** A config of a settings class alone. */
export interface Config<S> {
  readonly settings: S;
  readonly registry: Registry;
  readonly resolution: Resolution;
}

/**
 * Resolves a settings class as that of an experiment named `subject`, given what was said on the command line and elsewhere.
 * @throws UserError listing everything that is wrong with it
 */
export function configOf<S extends object>(
  type: new () => S,
  { args = [], files = [], environment = {}, plugins = {}, ...options }: ConfigOptions = {},
): Config<S> {
  const registry = new Registry();
  registry.add({ Owner: ownerOf(type), ...plugins }, 'subject/index.ts');
  const { container, prepare, overrides = gatherOverrides({ args, files, environment }) } = options;
  const resolution = new Resolution(registry, registry.find(Subject, 'subject'), overrides, container, prepare);
  return { settings: resolution.root.settings as S, registry, resolution };
}

function ownerOf<S extends object>(type: new () => S) {
  @option(Subject, 'subject', type)
  class Owner extends Subject {
    constructor(readonly settings: S) {
      super();
    }
  }
  return Owner;
}

/** The text of the error that something ends in. */
export function errorMessage(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.text;
    throw error;
  }
  throw new Error('nothing was wrong with that');
}

/** Where each setting came from, by its key: "3 preset". */
export function originsOf({ resolution }: Config<unknown>): Record<string, string> {
  const entries = [...resolution.root.entries()];
  return Object.fromEntries(entries.map(({ key, value, origin }) => [key, `${JSON.stringify(value)} ${origin}`]));
}
