import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationsFolder } from '../../install/cache';
import { DownloadSource } from './download';
import { FolderSource } from './local-folder';
import { hasNvidiaGpu } from './nvidia';
import type { TensorFlowSource } from './source';
import { type Variant, WheelSource } from './wheel';

/** The user's choice of a TensorFlow. */
export type Choice = { readonly variant: Variant } | { readonly tensorflow: string } | { readonly download: true };

/** The choice from $EXPLAB_TENSORFLOW, else from the last `exp setup`, else by the machine. */
export function currentChoice(): Choice {
  const folder = process.env['EXPLAB_TENSORFLOW'];
  if (folder) return { tensorflow: folder };
  return readChoice() ?? choiceForMachine();
}

export function choiceForMachine(): Choice {
  const canUseGpu = process.platform === 'linux' && process.arch === 'x64';
  return { variant: canUseGpu && hasNvidiaGpu() ? 'cuda' : 'cpu' };
}

export function sourceOf(choice: Choice): TensorFlowSource {
  if ('tensorflow' in choice) return new FolderSource(choice.tensorflow);
  return 'variant' in choice ? new WheelSource(choice.variant) : new DownloadSource();
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
    return JSON.parse(readFileSync(choiceFile(), 'utf8')) as Choice;
  } catch {
    return undefined;
  }
}

function choiceFile(): string {
  return join(installationsFolder(), 'choice.json');
}
