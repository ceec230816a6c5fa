import { join } from 'node:path';
import { UserError } from '../errors';
import type { Engine } from '../tensorflow/engine';
import { type Manifest, readManifest } from './manifest';
import { PartFile } from './part-file';
import type { NamedArray } from './safetensors';
import { type SavedVariable, assign, differencesBetween, modelMismatch } from './variables';

/** Parts of a checkpoint, one file each: `model`, `optimizer`, `ema`. */
export type CheckpointParts = Readonly<Record<string, readonly SavedVariable[]>>;

/** An open checkpoint whose checksums have been verified. Must be closed. */
export class Checkpoint {
  private readonly files = new Map<string, PartFile>();

  private constructor(
    private readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /**
   * Opens and verifies a checkpoint, with a few megabytes of memory; no tensors are created yet.
   * @param folder of the checkpoint
   * @param parts the parts to open, if they exist; all of them by default
   * @throws UserError if any of them is damaged or missing, or has an unsupported version
   */
  static async open(folder: string, parts?: readonly string[]): Promise<Checkpoint> {
    const checkpoint = new Checkpoint(folder, await readManifest(folder));
    const names = Object.keys(checkpoint.manifest.files);
    try {
      for (const name of parts?.map(fileOf).filter((each) => names.includes(each)) ?? names)
        await checkpoint.file(name);
      return checkpoint;
    } catch (error) {
      await checkpoint.close();
      throw error;
    }
  }

  /** Names of its parts. */
  get parts(): readonly string[] {
    return Object.keys(this.manifest.files).map((file) => file.replace(/\.safetensors$/, ''));
  }

  /** True if it has a part: the checkpoint of a run without an average has no `ema`. */
  has(part: string): boolean {
    return fileOf(part) in this.manifest.files;
  }

  /**
   * Assigns the values of the checkpoint to variables: to all of them, or none.
   * @param parts some or all of the saved parts
   * @throws UserError listing every difference in names and shapes
   */
  async assign(engine: Engine, parts: CheckpointParts): Promise<void> {
    const assignments: { variables: readonly SavedVariable[]; file: PartFile }[] = [];
    for (const [part, variables] of Object.entries(parts)) {
      const file = await this.file(fileOf(part));
      const differences = differencesBetween(variables, file.arrays);
      if (differences.length > 0) throw mismatch(part, file.path, differences);
      assignments.push({ variables, file });
    }
    for (const { variables, file } of assignments) await assignAll(engine, variables, file);
  }

  /** Reads the arrays of a part, in the layout of the file. @throws UserError if the part is missing or damaged */
  async read(part: string): Promise<NamedArray[]> {
    const file = await this.file(fileOf(part));
    const arrays: NamedArray[] = [];
    for (const array of file.arrays)
      arrays.push({ name: array.name, shape: array.shape, data: await file.read(array) });
    return arrays;
  }

  private async file(name: string): Promise<PartFile> {
    const { files, position } = this.manifest;
    const sums = files[name];
    if (!sums) {
      const names = Object.keys(files).join(', ');
      throw new UserError(`The checkpoint of step ${position.step} has no ${name}; it has ${names}.`);
    }
    const file = this.files.get(name) ?? (await PartFile.open(join(this.folder, name), sums));
    this.files.set(name, file);
    return file;
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await file.close();
  }
}

/** File name of a part. */
export function fileOf(part: string): string {
  return `${part}.safetensors`;
}

function mismatch(part: string, file: string, differences: readonly string[]): UserError {
  if (!/(^|\.)optimizer$/.test(part)) return modelMismatch(file, differences);
  return new UserError(`${file} does not match the optimizer; nothing was loaded.`, {
    hints: ['A run keeps its optimizer, and the parameters that its groups freeze.', ...differences],
  });
}

async function assignAll(engine: Engine, variables: readonly SavedVariable[], file: PartFile): Promise<void> {
  const byName = new Map(file.arrays.map((array) => [array.name, array]));
  for (const saved of variables) {
    const array = byName.get(saved.name);
    if (array) await assign(engine, saved, await file.read(array));
  }
}
