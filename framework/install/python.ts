import { UserError } from '../errors';
import { run } from './child';
import { findProgram, installCommand } from './programs';
import type { InstallTarget } from './source';

/** A Python that can make the environment. */
export interface Python {
  readonly command: string;
  /** Major and minor: '3.11'. */
  readonly version: string;
}

interface Candidate extends Python {
  readonly hasVenv: boolean;
}

/** A program that is called Python and does not say which. */
interface Broken {
  readonly command: string;
  readonly version?: undefined;
}

/** How long a Python may take to tell its version. */
const LIMIT_SECONDS = 10;

/** The minor versions of Python 3 for which every pinned package has wheels. */
const MINORS = [10, 11, 12, 13];

const QUESTION = `
import sys, json, importlib.util as u
print(json.dumps([sys.version_info[0], sys.version_info[1], all(u.find_spec(m) for m in ("venv", "ensurepip"))]))`;

/**
 * Finds a Python 3.10 to 3.13 with its venv module: $EXPLAB_PYTHON, or the first that fits on the PATH.
 * @param subject what it is wanted for
 * @param limitSeconds how long each may take to tell its version
 * @throws UserError with the command that installs what is missing
 */
export async function findPython(subject: InstallTarget, limitSeconds = LIMIT_SECONDS): Promise<Python> {
  const candidates = await findCandidates(limitSeconds);
  const fitting = candidates.filter(isFitting);
  const complete = fitting.find(({ hasVenv }) => hasVenv);
  if (complete) return complete;
  if (fitting[0]) throw withoutVenv(fitting[0]);
  throw withoutPython(candidates, subject);
}

async function findCandidates(limitSeconds: number): Promise<(Candidate | Broken)[]> {
  const named = process.env['EXPLAB_PYTHON'];
  const names = named ? [named] : ['python3', ...MINORS.toReversed().map((minor) => `python3.${minor}`), 'python'];
  const candidates: (Candidate | Broken)[] = [];
  for (const name of names) {
    const candidate = findProgram(name) && (await ask(name, limitSeconds));
    if (!candidate) continue;
    candidates.push(candidate);
    if (isFitting(candidate) && candidate.hasVenv) break;
  }
  return candidates;
}

async function ask(command: string, limitSeconds: number): Promise<Candidate | Broken> {
  const { code, stdout } = await run(command, ['-I', '-c', QUESTION], { limitSeconds });
  const [, version, hasVenv] = /^\[(\d+, \d+), (true|false)\]\s*$/.exec(stdout) ?? [];
  if (code !== 0 || version === undefined) return { command };
  return { command, version: version.replace(', ', '.'), hasVenv: hasVenv === 'true' };
}

function isFitting(candidate: Candidate | Broken): candidate is Candidate {
  const { version } = candidate;
  return MINORS.some((minor) => version === `3.${minor}`);
}

function withoutVenv({ command, version }: Python): UserError {
  return new UserError(`${command} (Python ${version}) lacks its venv module.`, {
    hints: [`Install it: ${installCommand('python', findProgram('apt-get') && `python${version}-venv`)}`],
  });
}

function withoutPython(
  found: readonly (Candidate | Broken)[],
  { title, command, alternatives }: InstallTarget,
): UserError {
  const others = found
    .map(({ command, version }) => `${command} ${version ? `is ${version}` : 'does not work'}`)
    .join(', ');
  return new UserError(
    `No Python 3.10 to 3.13 was found${others && ` (${others})`}: ${title} comes by its package installer.`,
    {
      hints: [
        `Install one: ${installCommand('python')}`,
        `Or name one that is there already: EXPLAB_PYTHON=/path/to/python3 ${command}`,
        ...alternatives,
      ],
    },
  );
}
