import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeSafetensors, encodeSafetensors } from '../../framework/checkpoint/safetensors';
import { type Manifest, readManifest, signed } from '../../framework/checkpoint/manifest';
import { parseMessage } from '../../framework/cluster/message';
import { fileOverrides } from '../../framework/config/parse/config-file';
import { parseOverrides } from '../../framework/config/parse/override';
import { readIDX } from '../../plugins/images/data/idx';
import { UserError } from '../../framework/errors';
import { RunFolder } from '../../framework/run/run-folder';
import { readRecord } from '../../framework/run/run-record';
import { temporaryFolder } from '../support/temporary';

const MANIFEST = {
  format: 2,
  experiment: 'diffuse',
  config: 'x',
  versions: { node: '20' },
  position: { step: 3, epoch: 1, batch: 0, seed: 1 },
  savedAt: '2026-01-01T00:00:00Z',
  metrics: { loss: 1 },
  means: { loss: { sum: 1, count: 2 } },
  files: { 'model.safetensors': { bytes: 8, header: 0, arrays: { a: 1 } } },
};

const RECORD = {
  experiment: 'diffuse',
  id: 'run',
  status: 'running',
  pid: 1,
  command: ['run'],
  overrides: [],
  startedAt: '2026-01-01T00:00:00Z',
  versions: {},
};

const ROUNDS = 2000;
const SEED = 20261127;

/** Numbers below a limit, the same for each run: Lehmer's generator with the constants of Park and Miller. */
function generator(): (limit: number) => number {
  let state = SEED;
  return (limit) => (state = (state * 48_271) % 2_147_483_647) % limit;
}

/** Bytes that are changed, cut, doubled or put in, at up to four places. */
function mutated(bytes: Buffer, below: (limit: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(result.length + 1);
    const part = Buffer.from(Array.from({ length: 1 + below(4) }, () => below(256)));
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    const ways = [
      [before, part, after.subarray(part.length)],
      [before],
      [before, before, after],
      [before, part, after],
    ];
    result = Buffer.concat(ways[below(ways.length)] ?? []).subarray(0, 10_000);
  }
  return result;
}

const VALUES = [null, -1, 0.5, 2 ** 53, 'x', [], {}, [1], true];

/** A value within an object, as bytes choose it, is another. */
function damaged(whole: object, bytes: Buffer): object {
  const copy = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
  const sum = bytes.reduce((total, byte, index) => total + byte * (index + 1), 0);
  let inner = copy;
  for (let depth = 0; ; depth++) {
    const keys = Object.keys(inner);
    const key = keys[(sum >> depth) % keys.length] ?? '';
    const next = inner[key];
    if (typeof next === 'object' && next !== null && (sum >> depth) % 3 > 0) inner = next as Record<string, unknown>;
    else {
      inner[key] = VALUES[sum % VALUES.length];
      return copy;
    }
  }
}

describe('randomly modified input', () => {
  const folder = temporaryFolder();

  /** Each is a function that may throw UserErrors only. */
  const targets: [what: string, seed: Buffer, read: (bytes: Buffer) => unknown][] = [
    [
      'safetensors',
      Buffer.concat(encodeSafetensors([{ name: 'a', shape: [2, 2], data: new Float32Array(4) }], { step: '1' })),
      (bytes) => decodeSafetensors(bytes, 'a.safetensors'),
    ],
    [
      'IDX',
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]),
      (bytes) => {
        writeFileSync(join(folder(), 'idx'), bytes);
        return readIDX(join(folder(), 'idx'), 3);
      },
    ],
    [
      'YAML config',
      Buffer.from('a: {b: [1, "two", !!str 3], <<: *x}\nmodel: &x\n  channels: 32\n  ~c: null\n'),
      (bytes) => {
        writeFileSync(join(folder(), 'a.yaml'), bytes);
        return fileOverrides(join(folder(), 'a.yaml'));
      },
    ],
    [
      'a manifest whose checksum is right',
      Buffer.from('which of its values is another, and which it is'),
      (bytes) => {
        writeFileSync(join(folder(), 'manifest.json'), signed(damaged(MANIFEST, bytes) as Manifest));
        return readManifest(folder());
      },
    ],
    [
      'a record of a run',
      Buffer.from(JSON.stringify(RECORD)),
      (bytes) => {
        const run = new RunFolder(folder());
        writeFileSync(run.record, bytes);
        return readRecord(run);
      },
    ],
    [
      'words of settings',
      Buffer.from('+a.b=[1,{c: "d"},${e},${env:HOME}]'),
      (bytes) => parseOverrides([bytes.toString()]),
    ],
    [
      'messages of workers',
      Buffer.from('{"type":"hello","index":1,"addresses":["127.0.0.1:1"],"clock":0}'),
      (bytes) => parseMessage(bytes.toString()),
    ],
  ];
  for (const [what, seed, read] of targets) {
    it(`is read or refused with a reason: ${what}`, async () => {
      const below = generator();
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = mutated(seed, below);
        try {
          await read(bytes);
        } catch (error) {
          expect(error, `round ${round}: ${bytes.toString('latin1')}`).to.be.instanceOf(UserError);
        }
      }
    });
  }
});
