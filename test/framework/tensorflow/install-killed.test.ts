import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureInstallation, type Installation } from '../../../framework/tensorflow/install/installation';
import { temporaryFolder } from '../../support/temporary';
import { REGISTER } from '../../support/typescript';

describe('An interrupted setup', () => {
  const folder = temporaryFolder();
  const cache = (): string => join(folder(), 'cache');
  let tensorflow = '';
  before(async () => {
    tensorflow = (await ensureInstallation()).library;
  });

  /** A setup in a process of its own. */
  function setUp(variables: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, ['-r', REGISTER, join(__dirname, 'install-child.ts'), tensorflow], {
      env: { ...process.env, EXPLAB_CACHE: cache(), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** A setup that has come to its compiler, which will not end by itself; and the compiler's process id. */
  async function setUpMidway(): Promise<{ child: ChildProcess; compiler: number }> {
    const script = join(folder(), 'slow-compiler');
    const pidFile = join(folder(), 'compiler.pid');
    writeFileSync(script, `#!/bin/sh\necho $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile}\nsleep 600\n`);
    chmodSync(script, 0o755);
    const child = setUp({ CXX: script });
    while (!existsSync(pidFile)) await sleep(20);
    return { child, compiler: Number(readFileSync(pidFile, 'utf8')) };
  }

  const leftovers = (): string[] =>
    readdirSync(join(cache(), 'tensorflow')).filter((name) => !/^folder-\w+(\.log)?$/.test(name));

  it('by Ctrl-C ends its compiler and leaves nothing', async () => {
    const { child, compiler } = await setUpMidway();
    child.kill('SIGINT');
    const said = text(child.stderr!);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(130);
    expect(await said).to.match(
      /The setup was interrupted; the partial installation was removed\.\n {2}Start again: exp setup\n$/,
    );
    expect(isAlive(compiler)).to.equal(false);
    expect(leftovers()).to.deep.equal([]);
  });

  it('by kill -9 does not block two concurrent ones afterwards', async () => {
    const { child, compiler } = await setUpMidway();
    child.kill('SIGKILL');
    await once(child, 'close');
    process.kill(-compiler, 'SIGKILL');
    // A lock and a folder that are nobody's.
    expect(leftovers()).to.have.length(2);
    const [first, second] = await Promise.all([resultOf(setUp()), resultOf(setUp())]);

    expect(first.installation).to.deep.equal(second.installation);
    expect(first.installation.version).to.match(/^2\.\d+\.\d+$/);
    expect(existsSync(first.installation.addon)).to.equal(true);
    expect(`${first.said}${second.said}`.match(/Build the Node addon/g)).to.have.length(1);
    expect(leftovers()).to.deep.equal([]);
  });

  it('in an older version is cleaned up by the next', async () => {
    const left = join(cache(), 'tensorflow', 'cpu-linux-x64-1.0.0.partial-0123abcd');
    mkdirSync(join(left, 'environment'), { recursive: true });
    const { child } = await setUpMidway();
    child.kill('SIGINT');
    await once(child, 'close');
    expect(existsSync(left)).to.equal(false);
  });
});

async function resultOf(child: ChildProcess): Promise<{ installation: Installation; said: string }> {
  const [said, printed] = await Promise.all([text(child.stderr!), text(child.stdout!)]);
  expect(child.exitCode ?? 0, said).to.equal(0);
  return { installation: JSON.parse(printed) as Installation, said };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
