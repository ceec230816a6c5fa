import { UserError } from '../../errors';
import { tellingLines } from './child';
import { noSpaceLeft, ranOutOfSpace } from './space';

const FAULTS = [
  {
    sign: /DO NOT MATCH THE HASHES|THESE PACKAGES DO NOT MATCH/i,
    message: 'A downloaded package is not the one that is pinned: its hash differs.',
    hints: ['Try again without what pip has kept: PIP_NO_CACHE_DIR=1 exp setup', 'Is a mirror or proxy altering it?'],
  },
  {
    sign: /Could not fetch URL|NewConnectionError|Failed to establish|ConnectTimeout|Read ?Timeout|name resolution|ProxyError|SSLError|CERTIFICATE|ConnectionError|connection broken|timed out|unreachable/i,
    message: 'The Python package index cannot be reached.',
    hints: [
      'Once connected: exp setup',
      'Behind a proxy or a mirror, tell pip: HTTPS_PROXY=..., PIP_INDEX_URL=... or PIP_CERT=... exp setup',
      'Without a network, name a TensorFlow that is there already: exp setup --tensorflow PATH',
    ],
  },
  {
    sign: /No matching distribution|Could not find a version|not a supported wheel/i,
    message: 'The Python package index has no build of a pinned package for this system and this Python.',
    hints: [
      'With another Python (3.10 to 3.13): EXPLAB_PYTHON=/path/to/python3 exp setup',
      'Or name a TensorFlow that is there already: exp setup --tensorflow PATH',
    ],
  },
];

/** What pip's words mean. */
export function explainPip(output: string, log: string): UserError {
  if (ranOutOfSpace(output)) return noSpaceLeft();
  const fault = FAULTS.find(({ sign }) => sign.test(output));
  const said = tellingLines(output, 2).map((line) => `pip: ${line.trim()}`);
  return new UserError(fault?.message ?? 'pip could not install the packages.', {
    hints: [...said, ...(fault?.hints ?? []), `All that pip said: ${log}`],
  });
}
