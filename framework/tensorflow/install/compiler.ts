import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { run, relevantLines } from '../../install/child';
import { findProgram, installCommand } from '../../install/programs';
import { commandName } from '../../util/command-name';

/** A C++ compiler's command and its fixed arguments. */
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
  throw new UserError(named ? `CXX=${named}: command not found.` : 'No C++ compiler found.', {
    hints: [
      `Install one: ${installCommand('compiler')}`,
      `Or use an existing one: CXX=/path/to/g++ ${commandName()} setup`,
    ],
  });
}

/** Test program; includes a header of the standard library. */
const TEST_PROGRAM = '#include <string>\nstd::string text = "works";\n';

/**
 * Finds a C++ compiler and checks that it compiles a small program.
 * @throws UserError with the command that installs one
 */
export async function findWorkingCompiler(): Promise<Compiler> {
  const compiler = findCompiler();
  const [command, ...compilerArgs] = compiler;
  const folder = mkdtempSync(join(tmpdir(), 'explab-compiler-'));
  try {
    const source = join(folder, 'works.cc');
    writeFileSync(source, TEST_PROGRAM);
    const args = [...compilerArgs, '-std=c++17', '-fPIC', '-shared', source, '-o', join(folder, 'works.so')];
    const { code, output } = await run(command, args, { limitSeconds: 60 });
    if (code === 0) return compiler;
    throw new UserError(`${compiler.join(' ')} cannot compile a two-line program.`, {
      hints: [...relevantLines(output, 3), `Install a working compiler: ${installCommand('compiler')}`],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
