import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationsFolder } from '../../install/cache';
import { FolderSource } from './local-folder';
import { hasNvidiaGpu } from './nvidia';
import type { TensorFlowSource } from './source';
import { PLATFORM, type Variant } from './platform';
import { WheelSource } from './wheel';

/** The user's choice of a TensorFlow. */
export type Choice = { readonly variant: Variant } | { readonly tensorflow: string };

/** The choice from $EXPLAB_TENSORFLOW, else from the last `exp setup`, else by the machine. */
export function currentChoice(): Choice {
  const folder = process.env['EXPLAB_TENSORFLOW'];
  if (folder) return { tensorflow: folder };
  return readChoice() ?? choiceForMachine();
}

export function choiceForMachine(): Choice {
  return { variant: PLATFORM.variants.includes('cuda') && hasNvidiaGpu() ? 'cuda' : 'cpu' };
}

export function sourceOf(choice: Choice): TensorFlowSource {
  return 'tensorflow' in choice ? new FolderSource(choice.tensorflow) : new WheelSource(choice.variant);
}

/** Saves a choice for later runs; undefined restores the choice by the machine. */
export function remember(choice: Choice | undefined): void {
  const file = choiceFile();
  if (!choice) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(installationsFolder(), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(choice)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

function readChoice(): Choice | undefined {
  try {
    const choice = JSON.parse(readFileSync(choiceFile(), 'utf8')) as Choice;
    // Earlier versions could also choose the npm package's download.
    return 'tensorflow' in choice || 'variant' in choice ? choice : undefined;
  } catch {
    return undefined;
  }
}

function choiceFile(): string {
  return join(installationsFolder(), 'choice.json');
}
