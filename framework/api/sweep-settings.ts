import { type Settings, objectOverrides } from '../config/parse/object-overrides';
import { formatOverride } from '../config/parse/override';

/** Settings of a program as on the command line. */
export function sweepSettings(settings: Settings): string[] {
  return objectOverrides(settings).flatMap((override) => (override.isMap ? [] : [formatOverride(override)]));
}

/** Settings to sweep over as on the command line: lists are values of several jobs, and texts are as typed. */
export function sweptSettings(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    if (typeof value === 'string') return [`${key}=${value}`];
    if (!Array.isArray(value)) return sweepSettings({ [key]: value });
    return [`${key}=${value.map((item) => textOf(key, item)).join(',')}`];
  });
}

const textOf = (key: string, value: unknown) => objectOverrides({ [key]: value })[0]?.text ?? '';
