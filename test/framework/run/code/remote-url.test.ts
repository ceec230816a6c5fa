import { expect } from 'chai';
import { withoutSecrets } from '../../../../framework/run/code/remote-url';

describe("a remote's address", () => {
  const cases: [address: string, shown: string][] = [
    ['https://example.org/a/b.git', 'https://example.org/a/b.git'],
    ['https://user:password@example.org/a.git', 'https://example.org/a.git'],
    ['https://token@example.org:8443/a.git', 'https://example.org:8443/a.git'],
    ['https://user:p@ss@example.org/a@b.git', 'https://example.org/a@b.git'],
    ['https://example.org/a.git?private_token=secret#x', 'https://example.org/a.git'],
    ['ssh://git:password@example.org:22/a.git', 'ssh://git@example.org:22/a.git'],
    ['ssh://git@example.org/a.git', 'ssh://git@example.org/a.git'],
    ['git@example.org:a/b.git', 'git@example.org:a/b.git'],
    ['../a.git', '../a.git'],
    ['/srv/git/a.git', '/srv/git/a.git'],
  ];
  for (const [address, shown] of cases)
    it(`${address} is recorded as ${shown}`, () => {
      expect(withoutSecrets(address)).to.equal(shown);
    });
});
