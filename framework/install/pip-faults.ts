import { UserError } from '../errors';
import { relevantLines } from './child';
import type { InstallTarget, BuildContext } from './source';
import { noSpaceLeft, ranOutOfSpace } from './space';

interface Fault {
  readonly pattern: RegExp;
  readonly message: string;
  hints(subject: InstallTarget): readonly string[];
}

const FAULTS: readonly Fault[] = [
  {
    pattern: /DO NOT MATCH THE HASHES|THESE PACKAGES DO NOT MATCH/i,
    message: 'A downloaded package does not match its pinned hash.',
    hints: ({ command }) => [
      `Try again without pip's cache: PIP_NO_CACHE_DIR=1 ${command}`,
      'Check whether a mirror or proxy alters packages.',
    ],
  },
  {
    pattern:
      /Could not fetch URL|NewConnectionError|Failed to establish|ConnectTimeout|Read ?Timeout|name resolution|ProxyError|SSLError|CERTIFICATE|ConnectionError|connection broken|timed out|unreachable/i,
    message: 'The Python package index cannot be reached.',
    hints: ({ command, alternatives }) => [
      `When the network works again: ${command}`,
      `Behind a proxy or a mirror, configure pip: HTTPS_PROXY=..., PIP_INDEX_URL=... or PIP_CERT=... ${command}`,
      ...alternatives,
    ],
  },
  {
    pattern: /No matching distribution|Could not find a version|not a supported wheel/i,
    message: 'The Python package index has no build of a pinned package for this system and Python version.',
    hints: ({ command, alternatives }) => [
      `With another Python (3.10 to 3.13): EXPLAB_PYTHON=/path/to/python3 ${command}`,
      ...alternatives,
    ],
  },
];

/** Turns the output of a failed pip into an error with hints. */
export function explainPip(output: string, { log, subject }: Pick<BuildContext, 'log' | 'subject'>): UserError {
  if (ranOutOfSpace(output)) return noSpaceLeft(subject);
  const fault = FAULTS.find(({ pattern }) => pattern.test(output));
  const quoted = relevantLines(output, 2).map((line) => `pip: ${line.trim()}`);
  return new UserError(fault?.message ?? 'pip could not install the packages.', {
    hints: [...quoted, ...(fault?.hints(subject) ?? []), `Full output of pip: ${log}`],
  });
}
