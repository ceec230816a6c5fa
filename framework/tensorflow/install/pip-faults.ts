import { UserError } from '../../errors';
import { lastLines } from './child';
import type { Workplace } from './source';
import { noSpaceLeft, ranOutOfSpace } from './space';

const FAULTS = [
  {
    sign: /DO NOT MATCH THE HASHES|THESE PACKAGES DO NOT MATCH/i,
    message: 'A downloaded package is not the one that is pinned: its hash differs.',
    hints: [
      'Throw away what pip keeps, then try again: python3 -m pip cache purge && exp setup',
      'Is a mirror or proxy altering it?',
    ],
  },
  {
    sign: /NewConnectionError|Failed to establish|ConnectTimeout|Read ?Timeout|name resolution|ProxyError|SSLError|CERTIFICATE|ConnectionError|unreachable/i,
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
export function explainPip(output: string, { folder, log }: Pick<Workplace, 'folder' | 'log'>): UserError {
  if (ranOutOfSpace(output)) return noSpaceLeft(folder);
  const fault = FAULTS.find(({ sign }) => sign.test(output));
  const said = lastLines(output, 3).map((line) => `pip: ${line.trim()}`);
  return new UserError(fault?.message ?? 'pip could not install the packages.', {
    hints: [...said, ...(fault?.hints ?? []), `All that pip said: ${log}`],
  });
}
