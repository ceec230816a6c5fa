/** A Python interpreter that can create the virtual environment. */
export interface Python {
  readonly command: string;
  /** Major and minor: '3.11'. */
  readonly version: string;
}

interface Candidate extends Python {
  readonly hasVenv: boolean;
}

/** A program named like Python whose version could not be determined. */
interface Broken {
  readonly command: string;
  readonly version?: undefined;
}

/** Timeout for querying the version of one interpreter. */
const QUERY_TIMEOUT_SECONDS = 10;

/** The minor versions of Python 3 for which every pinned package has wheels. */
const MINORS = [10, 11, 12, 13];

const QUERY_SCRIPT = `
import sys, json, importlib.util as u
print(json.dumps([sys.version_info[0], sys.version_info[1], all(u.find_spec(m) for m in ("venv", "ensurepip"))]))`;
import { UserError } from '../errors';
import { run } from './child';
import { findProgram, installCommand } from './programs';
import type { InstallTarget } from './source';

/**
 * Finds a Python 3.10 to 3.13 with its venv module: $EXPLAB_PYTHON, or the first suitable one on the PATH.
 * @param subject what needs it
 * @param limitSeconds timeout for querying the version of each candidate
 * @throws UserError with the command that installs what is missing
 */
export async function findPython(subject: InstallTarget, limitSeconds = QUERY_TIMEOUT_SECONDS): Promise<Python> {
  const candidates = await findCandidates(limitSeconds);
  const fitting = candidates.filter(isFitting);
  const complete = fitting.find(({ hasVenv }) => hasVenv);
  if (complete) return complete;
  if (fitting[0]) throw missingVenv(fitting[0]);
  throw missingPython(candidates, subject);
}

async function findCandidates(limitSeconds: number): Promise<(Candidate | Broken)[]> {
  const named = process.env['EXPLAB_PYTHON'];
  const names = named ? [named] : ['python3', ...MINORS.toReversed().map((minor) => `python3.${minor}`), 'python'];
  const candidates: (Candidate | Broken)[] = [];
  for (const name of names) {
    const candidate = findProgram(name) && (await queryVersion(name, limitSeconds));
    if (!candidate) continue;
    candidates.push(candidate);
    if (isFitting(candidate) && candidate.hasVenv) break;
  }
  return candidates;
}

async function queryVersion(command: string, limitSeconds: number): Promise<Candidate | Broken> {
  const { code, stdout } = await run(command, ['-I', '-c', QUERY_SCRIPT], { limitSeconds });
  const [, version, hasVenv] = /^\[(\d+, \d+), (true|false)\]\s*$/.exec(stdout) ?? [];
  if (code !== 0 || version === undefined) return { command };
  return { command, version: version.replace(', ', '.'), hasVenv: hasVenv === 'true' };
}

function isFitting(candidate: Candidate | Broken): candidate is Candidate {
  const { version } = candidate;
  return MINORS.some((minor) => version === `3.${minor}`);
}

function missingVenv({ command, version }: Python): UserError {
  return new UserError(`${command} (Python ${version}) has no venv module.`, {
    hints: [`Install it: ${installCommand('python', findProgram('apt-get') && `python${version}-venv`)}`],
  });
}

function missingPython(
  candidates: readonly (Candidate | Broken)[],
  { title, command, alternatives }: InstallTarget,
): UserError {
  const rejected = candidates
    .map(({ command, version }) => `${command} ${version ? `is ${version}` : 'does not work'}`)
    .join(', ');
  return new UserError(`No Python 3.10 to 3.13 found${rejected && ` (${rejected})`}: ${title} is installed with pip.`, {
    hints: [
      `Install one: ${installCommand('python')}`,
      `Or use an existing one: EXPLAB_PYTHON=/path/to/python3 ${command}`,
      ...alternatives,
    ],
  });
}
