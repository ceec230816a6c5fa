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

/** Position of a run, which is also its complete random state. */
export interface Position {
  /** Number of completed steps. */
  readonly step: number;
  /** Number of completed epochs. */
  readonly epoch: number;
  /** Number of completed batches of the current epoch. */
  readonly batch: number;
  readonly seed: number;
  /** Number of batches of the current epoch; undefined between epochs. */
  readonly batchesPerEpoch?: number | undefined;
  /** Position of a streamed source, as its `cursor`. */
  readonly cursor?: unknown;
}

/** A hook that runs after an epoch, and after the last step of a run; `evaluate` also within an epoch. */
export type EpochHook = 'evaluate' | 'sample';

/** Saved state of a callback. */
export interface CallbackState {
  /** Name of its class. */
  readonly name: string;
  /** As JSON. */
  readonly state?: unknown;
}

/** State saved in addition to the variables. */
export interface State extends MetricsState {
  readonly position: Position;
  /** Hooks that had not run when it was saved; a resumed run starts with them. */
  readonly pending?: readonly EpochHook[] | undefined;
  /** True if it was saved only because the run was stopped: `checkpoint.keep` does not count it. */
  readonly isInterim?: boolean | undefined;
  /** States of the callbacks. */
  readonly callbacks?: readonly CallbackState[] | undefined;
  /** Reason why a callback ended the training. */
  readonly stopped?: string | undefined;
}

/** Origin of a checkpoint. */
export interface Origin {
  readonly experiment: string;
  /** SHA-256 of the settings' values, in hexadecimal. */
  readonly config: string;
  /** Versions of this package, Node and TensorFlow. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Manifest of a checkpoint: `manifest.json`, written last. */
export interface Manifest extends Origin, State {
  readonly format: number;
  readonly savedAt: string;
  /** Checksums of the files, by name. */
  readonly files: Readonly<Record<string, FileSums>>;
}

/** Version of the format. */
export const FORMAT = 2;
const NAME = 'manifest.json';

const WHOLE = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** NaN is null in JSON. */
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
  callbacks: v.optional(v.array(v.looseObject({ name: v.string(), state: v.unknown() }))),
  stopped: v.optional(v.string()),
  files: v.pipe(v.record(v.string(), SUMS), v.minEntries(1)),
});

/** Writes the manifest of a checkpoint, with its own checksum. */
export async function writeManifest(
  folder: string,
  manifest: Omit<Manifest, 'format'>,
  path = join(folder, NAME),
): Promise<void> {
  await writeDurably(path, (file) => writeAll(file, Buffer.from(signed({ format: FORMAT, ...manifest }))));
}

/** Atomically replaces the hooks and metrics of a manifest. @throws UserError as `readManifest` */
export async function amendManifest(folder: string, change: Partial<State>): Promise<void> {
  const { format: _, ...manifest } = await readManifest(folder);
  const temporary = join(folder, `.${NAME}`);
  await writeManifest(folder, { ...manifest, ...change }, temporary);
  await rename(temporary, join(folder, NAME));
  await syncFolder(folder);
}

/** File content of a manifest: JSON, with the CRC-32 of the JSON of all other fields as its last field. */
export function signed(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, checksum: crc32(JSON.stringify(manifest)) }, null, 2)}\n`;
}

/**
 * Reads the manifest of a checkpoint.
 * @throws UserError if it is missing, damaged or incomplete, or has an unsupported version
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, NAME);
  const { checksum, ...manifest } = await parseManifest(file);
  if (manifest.format !== FORMAT) {
    throw new UserError(`${file} has format ${String(manifest.format)}; this version reads format ${FORMAT}.`);
  }
  if (checksum !== crc32(JSON.stringify(manifest))) throw new UserError(`${file} is damaged: its checksum is wrong.`);
  return validate(manifest, SCHEMA, file);
}

/** Hash that identifies the values of a checkpoint: SHA-256 in hexadecimal. */
export function identityOf({ files }: Pick<Manifest, 'files'>): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex');
}

async function parseManifest(file: string): Promise<Partial<Manifest> & { checksum?: unknown }> {
  let content: unknown;
  try {
    checkFileIfThere(file);
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
  if (typeof content !== 'object' || content === null)
    throw new UserError(`${file} is not the manifest of a checkpoint.`);
  return content;
}
