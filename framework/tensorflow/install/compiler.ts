import { UserError } from '../../errors';
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
