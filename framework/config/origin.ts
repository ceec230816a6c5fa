/**
 * Where a value came from, the weakest first; the stronger wins. A class's default; what follows from other settings, by `computed` or
 * handed down by the experiment; a preset; the variable EXPLAB_SET; a file of `--config`; the command line.
 */
export const ORIGINS = ['default', 'computed', 'preset', 'environment', 'file', 'command line'] as const;

export type Origin = (typeof ORIGINS)[number];

/** Positive where `one` is stronger than `other`. */
export const compareStrength = (one: Origin, other: Origin): number => ORIGINS.indexOf(one) - ORIGINS.indexOf(other);
