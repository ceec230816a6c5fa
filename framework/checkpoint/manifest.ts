import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { UserError, messageOf } from '../errors';
import * as v from 'valibot';
import { type Schema, validate } from '../util/json-file';
import { checkFileIfThere } from '../util/regular-file';
import { syncFolder, writeAll, writeDurably } from './durable';
import type { MetricsState } from '../kinds/tracker';
import type { FileSums } from './part-file';

/** Where a run stands, which is also its whole random state. */
export interface Position {
  /** Updates done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches done of the epoch that is going on. */
  readonly batch: number;
  readonly seed: number;
  /** How many batches that epoch has, where one is going on. */
  readonly batchesPerEpoch?: number | undefined;
}

/** A hook that follows an epoch, and the last step of a run. */
export type EpochHook = 'evaluate' | 'sample';

/** What is saved beside the variables. */
export interface State extends MetricsState {
  readonly position: Position;
  /** The hooks that were still to run when it was saved; a resumed run begins with them. */
  readonly pending?: readonly EpochHook[] | undefined;
  /** Whether it was saved only because the run was stopped there: `checkpoint.keep` does not count it. */
  readonly isInterim?: boolean | undefined;
}

/** What a checkpoint is of. */
export interface Origin {
  readonly experiment: string;
  /** SHA-256 of the settings' values, in hexadecimal. */
  readonly config: string;
  /** Of this package, Node and TensorFlow. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a checkpoint says of itself: `manifest.json`, written last. */
export interface Manifest extends Origin, State {
  readonly format: number;
  readonly savedAt: string;
  /** By name. */
  readonly files: Readonly<Record<string, FileSums>>;
}

/** The version of the format that is written, and read. */
export const FORMAT = 2;
const NAME = 'manifest.json';

const WHOLE = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** JSON has no NaN: it is null there. */
const NUMBER = v.pipe(
  v.nullable(v.number()),
  v.transform((number) => number ?? NaN),
);
const SUMS = v.looseObject({ bytes: WHOLE, header: WHOLE, arrays: v.record(v.string(), WHOLE) });

const SCHEMA: Schema<Manifest> = v.looseObject({
  format: v.number(),
  experiment: v.string(),
  config: v.string(),
  versions: v.record(v.string(), v.string()),
  position: v.looseObject({
    step: WHOLE,
    epoch: WHOLE,
    batch: WHOLE,
    seed: WHOLE,
    batchesPerEpoch: v.optional(WHOLE),
  }),
  savedAt: v.string(),
  metrics: v.record(v.string(), NUMBER),
  means: v.optional(v.record(v.string(), v.looseObject({ sum: v.union([v.number(), v.string()]), count: WHOLE }))),
  pending: v.optional(v.pipe(v.array(v.picklist(['evaluate', 'sample'])), v.maxLength(2))),
  isInterim: v.optional(v.boolean()),
  files: v.pipe(v.record(v.string(), SUMS), v.minEntries(1)),
});

/** Writes the manifest of a checkpoint, with a checksum of its own. */
export async function writeManifest(
  folder: string,
  manifest: Omit<Manifest, 'format'>,
  path = join(folder, NAME),
): Promise<void> {
  await writeDurably(path, (file) => writeAll(file, Buffer.from(signed({ format: FORMAT, ...manifest }))));
}

/** Replaces what a manifest says of hooks and metrics; a reader sees the old one or the new one. @throws UserError as `readManifest` */
export async function amendManifest(folder: string, change: Partial<State>): Promise<void> {
  const { format: _, ...manifest } = await readManifest(folder);
  const aside = join(folder, `.${NAME}`);
  await writeManifest(folder, { ...manifest, ...change }, aside);
  await rename(aside, join(folder, NAME));
  await syncFolder(folder);
}

/** A manifest as a file has it: JSON, with the CRC-32 of the JSON of all the rest as its last field. */
export function signed(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, checksum: crc32(JSON.stringify(manifest)) }, null, 2)}\n`;
}

/**
 * Reads the manifest of a checkpoint.
 * @throws UserError where there is none, or it is damaged, incomplete or of another version
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, NAME);
  const { checksum, ...manifest } = await parsed(file);
  if (manifest.format !== FORMAT) {
    throw new UserError(`${file} has format ${String(manifest.format)}; this version reads format ${FORMAT}.`);
  }
  if (checksum !== crc32(JSON.stringify(manifest))) throw new UserError(`${file} is damaged: its checksum is wrong.`);
  return validate(manifest, SCHEMA, file);
}

/** What tells the values of a checkpoint from all others: a SHA-256 in hexadecimal. */
export function identityOf({ files }: Pick<Manifest, 'files'>): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex');
}

async function parsed(file: string): Promise<Partial<Manifest> & { checksum?: unknown }> {
  let content: unknown;
  try {
    checkFileIfThere(file);
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
  if (typeof content !== 'object' || content === null) throw new UserError(`${file} is no manifest of a checkpoint.`);
  return content;
}
