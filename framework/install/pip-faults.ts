import { UserError } from '../errors';
import { tellingLines } from './child';
import type { InstallTarget, BuildContext } from './source';
import { noSpaceLeft, ranOutOfSpace } from './space';

interface Fault {
  readonly sign: RegExp;
  readonly message: string;
  hints(subject: InstallTarget): readonly string[];
}

const FAULTS: readonly Fault[] = [
  {
    sign: /DO NOT MATCH THE HASHES|THESE PACKAGES DO NOT MATCH/i,
    message: 'A downloaded package is not the one that is pinned: its hash differs.',
    hints: ({ command }) => [
      `Try again without what pip has kept: PIP_NO_CACHE_DIR=1 ${command}`,
      'Is a mirror or proxy altering it?',
    ],
  },
  {
    sign: /Could not fetch URL|NewConnectionError|Failed to establish|ConnectTimeout|Read ?Timeout|name resolution|ProxyError|SSLError|CERTIFICATE|ConnectionError|connection broken|timed out|unreachable/i,
    message: 'The Python package index cannot be reached.',
    hints: ({ command, alternatives }) => [
      `Once connected: ${command}`,
      `Behind a proxy or a mirror, tell pip: HTTPS_PROXY=..., PIP_INDEX_URL=... or PIP_CERT=... ${command}`,
      ...alternatives,
    ],
  },
  {
    sign: /No matching distribution|Could not find a version|not a supported wheel/i,
    message: 'The Python package index has no build of a pinned package for this system and this Python.',
    hints: ({ command, alternatives }) => [
      `With another Python (3.10 to 3.13): EXPLAB_PYTHON=/path/to/python3 ${command}`,
      ...alternatives,
    ],
  },
];

/** What pip's words mean. */
export function explainPip(output: string, { log, subject }: Pick<BuildContext, 'log' | 'subject'>): UserError {
  if (ranOutOfSpace(output)) return noSpaceLeft(subject);
  const fault = FAULTS.find(({ sign }) => sign.test(output));
  const said = tellingLines(output, 2).map((line) => `pip: ${line.trim()}`);
  return new UserError(fault?.message ?? 'pip could not install the packages.', {
    hints: [...said, ...(fault?.hints(subject) ?? []), `All that pip said: ${log}`],
  });
}
