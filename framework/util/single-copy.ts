import { UserError } from '../errors';
import { CODE_ROOT, VERSION } from './own-package';

/** The copy of this package that a process has loaded. */
interface Copy {
  readonly path: string;
  readonly version: string;
}

const KEY = Symbol.for('explab');

/**
 * Records this copy of the package. Options of one copy are of no kind of another, which would be reported as a wrong base class.
 * @throws UserError if the process has loaded another copy
 */
export function checkSingleCopy(own: Copy = { path: CODE_ROOT, version: VERSION }): void {
  const { [KEY]: first = own } = globalThis as { [KEY]?: Copy };
  Object.assign(globalThis, { [KEY]: first });
  if (first.path === own.path) return;
  throw new UserError(`explab is loaded twice: ${nameOf(first)} and ${nameOf(own)}.`, {
    hints: [
      'Keep one: a package with plugins lists explab in its peerDependencies. `npm ls explab` shows who depends on which.',
    ],
  });
}

const nameOf = ({ path, version }: Copy) => `${path} (${version})`;

checkSingleCopy();
