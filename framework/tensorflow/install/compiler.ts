import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { run, tellingLines } from '../../install/child';
import { findProgram, installCommand } from '../../install/programs';

/** A C++ compiler's command with the arguments that always go with it. */
export type Compiler = readonly [command: string, ...args: string[]];

/**
 * Finds a C++ compiler: $CXX, c++, g++ or clang++.
 * @throws UserError with the command that installs one
 */
export function findCompiler(): Compiler {
  const named = process.env['CXX']?.trim();
  const candidates = named ? [named] : ['c++', 'g++', 'clang++'];
  for (const candidate of candidates) {
    const [command = '', ...args] = candidate.split(/\s+/);
    if (findProgram(command)) return [command, ...args];
  }
  throw new UserError(named ? `CXX names ${named}, which is no program here.` : 'No C++ compiler was found.', {
    hints: [
      `Install one: ${installCommand('compiler')}`,
      'Or name one that is there already: CXX=/path/to/g++ exp setup',
    ],
  });
}

/** A program that needs the standard library, too. */
const PROGRAM = '#include <string>\nstd::string text = "works";\n';

/**
 * Finds a C++ compiler that compiles, tried by a small program.
 * @throws UserError with the command that installs one
 */
export async function findWorkingCompiler(): Promise<Compiler> {
  const compiler = findCompiler();
  const [command, ...always] = compiler;
  const folder = mkdtempSync(join(tmpdir(), 'explab-compiler-'));
  try {
    const source = join(folder, 'works.cc');
    writeFileSync(source, PROGRAM);
    const args = [...always, '-std=c++17', '-fPIC', '-shared', source, '-o', join(folder, 'works.so')];
    const { code, output } = await run(command, args, { limitSeconds: 60 });
    if (code === 0) return compiler;
    throw new UserError(`${compiler.join(' ')} cannot compile a program of two lines.`, {
      hints: [...tellingLines(output, 3), `Install a compiler that can: ${installCommand('compiler')}`],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
