/**
 * How much training loses to saving the paper's network with Adam's slots (2 GB), beside the disk's own speed and, where a Python with
 * PyTorch and a checkout of labml's annotated implementations are named, beside `torch.save` of the same. It reports and judges nothing.
 *
 *     npm run bench:checkpoint -- [--saves 3] [--folder FOLDER] [--python PATH --labml CHECKOUT]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Saved } from './save';
import { median } from '../../framework/util/statistics';
import { REGISTER } from '../support/typescript';

interface TorchSaved {
  readonly plain: readonly number[];
  readonly synced: readonly number[];
}

function measured(command: string, args: readonly string[]): unknown {
  const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

function print(what: string, times: readonly number[]): void {
  const all = times.map((time) => time.toFixed(2)).join(', ');
  console.log(`  ${what.padEnd(58)} ${median(times).toFixed(2).padStart(6)} s  (${all})`);
}

function main(): void {
  const text = { type: 'string' } as const;
  const options = { saves: { ...text, default: '3' }, folder: text, python: text, labml: text };
  const { saves, folder = tmpdir(), python, labml } = parseArgs({ options }).values;
  const saveFolder = mkdtempSync(join(folder, 'explab-saves-'));
  try {
    const own = measured(process.execPath, ['-r', REGISTER, join(__dirname, 'save.ts'), saveFolder, saves]) as Saved;
    console.log(`${(own.bytes / 1e9).toFixed(2)} GB; a step takes ${own.step.toFixed(2)} s. Medians:`);
    print('explab: training waits', own.stalls);
    print('explab: steps take longer by, in all', own.lost);
    print('explab: until the disk has it, training meanwhile', own.saves);
    print('the disk alone, as many bytes', [own.disk]);
    if (python === undefined || labml === undefined) return;
    const args = ['-B', join(__dirname, 'save_torch.py'), labml, saveFolder, saves];
    const peer = measured(python, args) as TorchSaved;
    print('torch.save, training waits', peer.plain);
    print('torch.save, until the disk has it', peer.synced);
    console.log(
      `  of torch.save's time: ${(median(own.stalls) / median(peer.plain)).toFixed(3)} waiting, ${(median(own.lost) / median(peer.plain)).toFixed(2)} lost in all`,
    );
  } finally {
    rmSync(saveFolder, { recursive: true });
  }
}

main();
