import { expect } from 'chai';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../framework/errors';
import type { Choice } from '../../../framework/tensorflow/install/choice';
import type { EnsureOptions } from '../../../framework/install/ensure';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';
import { explainPip } from '../../../framework/install/pip-faults';
import { Progress } from '../../../framework/install/progress';
import { findProgram } from '../../../framework/install/programs';
import { findPython } from '../../../framework/install/python';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { environment } from './install-environment';

const CPU: Choice = { variant: 'cpu' };

describe('A setup that fails', () => {
  const folder = temporaryFolder();
  const cache = (): string => join(folder(), 'cache');
  const set = environment();
  beforeEach(() => set({ EXPLAB_CACHE: cache() }));

  /** What a setup fails with. */
  async function failureOf(choice: Choice, options: EnsureOptions = {}): Promise<string> {
    const progress = new Progress(() => undefined);
    const outcome: unknown = await ensureInstallation(choice, { progress, ...options }).catch(
      (error: unknown) => error,
    );
    expect(outcome).to.be.instanceOf(UserError);
    return (outcome as UserError).text;
  }

  /** A PATH of nothing but these programs, each a link to the real one or a script. */
  function onlyPrograms(programs: Readonly<Record<string, string | true>>): void {
    const bin = join(folder(), 'bin');
    mkdirSync(bin);
    for (const [name, script] of Object.entries(programs)) {
      if (script === true) symlinkSync(findProgram(name) ?? '', join(bin, name));
      else writeScript(join(bin, name), script);
    }
    set({ PATH: bin });
  }

  it('suggests the command that installs Python', async () => {
    onlyPrograms({ 'c++': true, 'apt-get': '' });
    const failure = await failureOf(CPU);
    expect(failure).to.contain('No Python 3.10 to 3.13 found');
    expect(failure).to.match(/apt-get install -y python3 python3-venv$/m);
    expect(existsSync(cache())).to.equal(false);
  });

  it('names a Python that is too old', async () => {
    onlyPrograms({ 'c++': true, python3: "echo '[3, 9, true]'" });
    expect(await failureOf(CPU)).to.contain('python3 is 3.9');
  });

  it('names a Python that prints something else, or hangs', async () => {
    onlyPrograms({ python3: 'echo hello', python: 'exec /bin/sleep 60' });
    const subject = { title: 'TensorFlow', command: 'exp setup', alternatives: [] };
    const failure = await rejection(findPython(subject, 0.3));
    expect(String(failure)).to.contain('(python3 does not work, python does not work)');
  });

  it('names the package of the venv module', async () => {
    onlyPrograms({ 'c++': true, 'apt-get': '', python3: "echo '[3, 12, false]'" });
    const failure = await failureOf(CPU);
    expect(failure).to.contain('has no venv module');
    expect(failure).to.match(/apt-get install -y python3.12-venv$/m);
  });

  it('uses only the Python that EXPLAB_PYTHON names', async () => {
    set({ EXPLAB_PYTHON: join(folder(), 'python') });
    expect(await failureOf(CPU)).to.contain('No Python 3.10 to 3.13 found');
  });

  it('suggests the command that installs a compiler', async () => {
    onlyPrograms({ python3: true, dnf: '' });
    const failure = await failureOf(CPU);
    expect(failure).to.contain('No C++ compiler found');
    expect(failure).to.match(/dnf install -y gcc-c\+\+$/m);
  });

  it('reports that CXX is not a compiler', async () => {
    set({ CXX: 'no-such-compiler -O3' });
    expect(await failureOf(CPU)).to.contain('CXX=no-such-compiler -O3: command not found');
  });

  it('reports how much disk space is missing before it downloads anything', async () => {
    const failure = await failureOf(CPU, { freeSpace: () => Promise.resolve(1.26e9) });
    expect(failure).to.contain(`${cache()} has 1.3 GB free; TensorFlow 2.21.0 for the CPU needs 2.0 GB`);
    expect(failure).to.contain('EXPLAB_CACHE=');
  });

  it('reports that the cache folder is a file', async () => {
    writeFileSync(cache(), '');
    const failure = await failureOf(CPU);
    expect(failure).to.contain(`${cache()} cannot be created`);
    expect(failure).to.contain('EXPLAB_CACHE=/path/to/folder exp setup');
  });

  it('reports that the package index is unreachable, and leaves only its log', async () => {
    set({
      ...{ PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' },
      ...{ PIP_RETRIES: '0', PIP_TIMEOUT: '1', PIP_EXTRA_INDEX_URL: '' },
    });
    const failure = await failureOf(CPU);
    expect(failure).to.contain('The Python package index cannot be reached');
    expect(failure).to.contain('When the network works again: exp setup');
    const [log, ...others] = readdirSync(join(cache(), 'tensorflow'));
    expect(log).to.match(/^cpu-.*\.log$/);
    expect(others).to.deep.equal([]);
    expect(failure).to.contain(`Full output of pip: ${join(cache(), 'tensorflow', log!)}`);
  });

  it('reports what a TensorFlow folder lacks', async () => {
    mkdirSync(join(folder(), 'include'));
    writeFileSync(join(folder(), 'libtensorflow_cc.so.2'), '');
    expect(await failureOf({ tensorflow: folder() })).to.contain(
      `${folder()} is not a TensorFlow folder: it lacks libtensorflow_framework.so.2.`,
    );
  });

  it('suggests the TensorFlow within a folder of packages', async () => {
    const tensorflow = join(folder(), 'tensorflow');
    mkdirSync(join(tensorflow, 'include'), { recursive: true });
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(join(tensorflow, name), '');
    expect(await failureOf({ tensorflow: folder() })).to.contain(`Did you mean ${tensorflow}?`);
  });

  it('quotes the compiler, and leaves nothing but its log', async () => {
    const tensorflow = join(folder(), 'tensorflow');
    mkdirSync(join(tensorflow, 'include'), { recursive: true });
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(join(tensorflow, name), '');
    const failure = await failureOf({ tensorflow });
    expect(failure).to.contain('The Node addon cannot be built');
    expect(failure).to.contain('tensorflow/c/c_api.h');
    expect(readdirSync(join(cache(), 'tensorflow')).filter((name) => !name.endsWith('.log'))).to.deep.equal([]);
  });
});

describe("pip's output", () => {
  const subject = { title: 'TensorFlow', command: 'exp setup', alternatives: ['Or do without it'] };
  const explain = (output: string) => explainPip(output, { log: 'setup.log', subject });
  const messageOf = (output: string): string => explain(output).message;

  // As pip 23.2 says it.
  it('for a changed package is reported as such', () => {
    const args =
      'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions';
    expect(messageOf(args)).to.contain('does not match its pinned hash');
  });

  it('for a missing build is reported as such', () => {
    const args = [
      'ERROR: Could not find a version that satisfies the requirement tensorflow==2.9.1 (from versions: 2.12.0, 2.13.0)',
      'ERROR: No matching distribution found for tensorflow==2.9.1',
    ];
    expect(messageOf(args.join('\n'))).to.contain('has no build of a pinned package');
  });

  it('for a missing network is reported as such, though it ends with a missing build', () => {
    const args = [
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(': Failed to establish a new connection:",
      'ERROR: No matching distribution found for tensorflow==2.21.0',
    ];
    expect(messageOf(args.join('\n'))).to.contain('cannot be reached');
  });

  it('for a full disk is reported as such', () => {
    const args = 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device';
    expect(messageOf(args)).to.contain('The disk filled up');
  });

  it('for anything else is quoted', () => {
    expect(explain('ERROR: Cannot determine archive format').text).to.contain('pip: ERROR: Cannot determine');
  });
});

function writeScript(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
