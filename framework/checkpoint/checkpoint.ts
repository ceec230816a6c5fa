import { join } from 'node:path';
import { UserError } from '../errors';
import type { Engine } from '../tensorflow/engine';
import { type Manifest, readManifest } from './manifest';
import { PartFile } from './part-file';
import type { NamedArray } from './safetensors';
import { type SavedVariable, assign, differencesBetween, ofAnotherModel } from './variables';

/** What a checkpoint holds besides its manifest, a file each: `model`, `optimizer`, `ema`. */
export type CheckpointParts = Readonly<Record<string, readonly SavedVariable[]>>;

/** A checkpoint that was found whole: every byte of it had the checksum that it should. To be closed. */
export class Checkpoint {
  private readonly files = new Map<string, PartFile>();

  private constructor(
    private readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /**
   * Opens a checkpoint and checks it; nothing is read into a tensor yet, and no more memory is taken than a few megabytes.
   * @param folder of the checkpoint
   * @param parts those that are wanted, where there are such; all of them unless it is given
   * @throws UserError where anything of them is damaged, missing or of another version
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

  /** Whether it has a part: one of a run without averages has no `ema`. */
  has(part: string): boolean {
    return fileOf(part) in this.manifest.files;
  }

  /**
   * Gives variables the values of the checkpoint: all of them, or none.
   * @param parts some or all of those that were saved
   * @throws UserError listing every difference in names and shapes, where it is of another model
   */
  async assign(engine: Engine, parts: CheckpointParts): Promise<void> {
    const wanted: { variables: readonly SavedVariable[]; file: PartFile }[] = [];
    for (const [part, variables] of Object.entries(parts)) {
      const file = await this.file(fileOf(part));
      const differences = differencesBetween(variables, file.arrays);
      if (differences.length > 0) throw ofAnotherModel(file.path, differences);
      wanted.push({ variables, file });
    }
    for (const { variables, file } of wanted) await assignAll(engine, variables, file);
  }

  /** A part as its file has it. @throws UserError where there is no such part, or it is damaged */
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
      throw new UserError(`The checkpoint of step ${position.step} has no ${name}, but ${names}.`);
    }
    const file = this.files.get(name) ?? (await PartFile.open(join(this.folder, name), sums));
    this.files.set(name, file);
    return file;
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await file.close();
  }
}

/** The name of a part's file. */
export function fileOf(part: string): string {
  return `${part}.safetensors`;
}

async function assignAll(engine: Engine, variables: readonly SavedVariable[], file: PartFile): Promise<void> {
  const byName = new Map(file.arrays.map((array) => [array.name, array]));
  for (const saved of variables) {
    const array = byName.get(saved.name);
    if (array) await assign(engine, saved, await file.read(array));
  }
}
