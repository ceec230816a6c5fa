import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { optional, value } from '../config/declare';
import { UserError } from '../errors';
import type { Engine } from '../tensorflow/engine';
import { readJSON } from './json-file';
import { syncFolder, writeDurably } from './durable';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from './safetensors';
import { type SavedVariable, assignVariables, readVariables } from './variables';

/** When checkpoints are saved and how many are kept. */
export class CheckpointSettings {
  /** Steps between two checkpoints; without it one is saved after each epoch. */
  everySteps = optional('number', { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** How many checkpoints are kept, the newest. */
  keep = value(3, { integer: true, min: 1, role: 'meta', dynamic: true });
}

/** Where a run stands, which is also its whole random state. */
export interface Position {
  /** Updates done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches done of the epoch that is going on. */
  readonly batch: number;
  readonly seed: number;
}

/** What a checkpoint holds besides the position, a file each: `model`, `optimizer`, `ema`. */
export type CheckpointParts = Readonly<Record<string, readonly SavedVariable[]>>;

interface Manifest {
  readonly format: number;
  readonly position: Position;
  readonly savedAt: string;
  readonly files: Readonly<Record<string, { bytes: number; sha256: string }>>;
}

const FORMAT = 1;
const MANIFEST = 'manifest.json';

/** The checkpoints of a run: `checkpoints/<step>/` with a safetensors file for each part, and a manifest. */
export class Checkpoints {
  constructor(
    private readonly folder: string,
    private readonly engine: Engine,
  ) {}

  /** The steps of the checkpoints that are there, in order. */
  list(): number[] {
    return savedSteps(this.folder);
  }

  /**
   * Saves a checkpoint: written aside, brought to the disk, and renamed, so that it is there whole or not at all. Then the oldest
   * are removed.
   * @throws Error where it cannot be written; earlier checkpoints stay
   */
  async save(position: Position, parts: CheckpointParts, keep: number): Promise<void> {
    const aside = join(this.folder, `.saving-${process.pid}`);
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    try {
      await this.write(aside, position, parts);
      const final = join(this.folder, String(position.step));
      await setAside(final, `${aside}-replaced`);
      await rename(aside, final);
      await rm(`${aside}-replaced`, { recursive: true, force: true });
      await syncFolder(this.folder);
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw error;
    }
    for (const step of this.list().slice(0, -keep)) await rm(join(this.folder, String(step)), { recursive: true });
  }

  private async write(folder: string, position: Position, parts: CheckpointParts): Promise<void> {
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const [part, variables] of Object.entries(parts)) {
      const pieces = encodeSafetensors(await readVariables(this.engine, variables), { format: 'pt' });
      const name = `${part}.safetensors`;
      files[name] = { bytes: await writeDurably(join(folder, name), pieces), sha256: sha256(pieces) };
    }
    const manifest: Manifest = { format: FORMAT, position, savedAt: new Date().toISOString(), files };
    await writeDurably(join(folder, MANIFEST), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    await syncFolder(folder);
  }

  /**
   * Gives variables the values of a checkpoint: every file is checked before the first value is taken.
   * @param step the newest where it is left out
   * @param parts some or all of those that were saved
   * @throws UserError where there is no checkpoint, or it is damaged or of another model
   */
  async load(parts: CheckpointParts, step = this.list().at(-1)): Promise<Position> {
    const { folder, manifest } = this.open(step);
    const loaded = await Promise.all(
      Object.entries(parts).map(async ([part, variables]) => {
        const file = join(folder, `${part}.safetensors`);
        return { file, variables, arrays: decodeSafetensors(await this.verified(file, manifest), file) };
      }),
    );
    for (const { file, variables, arrays } of loaded) await assignVariables(this.engine, variables, arrays, file);
    return manifest.position;
  }

  /**
   * Whether a checkpoint has a part: one of an earlier version may lack it.
   * @param step the newest where it is left out
   * @throws UserError where there is no checkpoint
   */
  has(part: string, step = this.list().at(-1)): boolean {
    const { manifest } = this.open(step);
    return `${part}.safetensors` in manifest.files;
  }

  /**
   * A part of a checkpoint as its file has it.
   * @throws UserError where there is no such checkpoint, or it is damaged
   */
  async read(part: string, step: number): Promise<NamedArray[]> {
    const { folder, manifest } = this.open(step);
    const file = join(folder, `${part}.safetensors`);
    return decodeSafetensors(await this.verified(file, manifest), file);
  }

  private open(step: number | undefined): { folder: string; manifest: Manifest } {
    if (step === undefined) throw new UserError(`There is no checkpoint in ${this.folder}.`);
    const folder = join(this.folder, String(step));
    const manifest = readJSON(join(folder, MANIFEST)) as Manifest;
    if (manifest.format === FORMAT) return { folder, manifest };
    throw new UserError(`${folder} has format ${manifest.format}; this version reads format ${FORMAT}.`);
  }

  private async verified(file: string, manifest: Manifest): Promise<Buffer> {
    const bytes = await readFile(file);
    const wanted = manifest.files[file.slice(file.lastIndexOf('/') + 1)];
    if (wanted?.sha256 === sha256([bytes])) return bytes;
    throw new UserError(`${file} is damaged: its checksum is not that of its manifest.`, {
      hints: ["Remove this checkpoint's folder to go on from the one before."],
    });
  }
}

/** The steps of the checkpoints in a folder, in order. */
export function savedSteps(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** Moves a folder away, where there is one. */
async function setAside(folder: string, aside: string): Promise<void> {
  if (existsSync(folder)) await rename(folder, aside);
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
