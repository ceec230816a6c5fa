import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Report, Stage } from '../gpu-check/report';
import { temporaryFolder } from '../support/temporary';

const ROOT = join(__dirname, '../..');

describe('npm run gpu-check', function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const args = (...options: string[]) => ['run', '--silent', 'gpu-check', '--', '--out', folder(), ...options];
  const read = (name: string) => readFileSync(join(folder(), name), 'utf8');

  it('checks the CPU in a few minutes, and writes what it measured', () => {
    execFileSync('npm', args('--device', 'cpu', '--quick'), { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const { finished, parts, environment } = JSON.parse(read('gpu-check.json')) as Report;
    expect(finished).to.equal(true);
    const passed = parts.filter(({ status }) => status === 'passed');
    const stages: Stage[] = ['setup', 'tests', 'losses', 'training', 'workers'];
    expect(passed.map(({ stage }) => stage)).to.include.members(stages);
    for (const { difference = 0 } of passed) expect(difference).to.be.below(2e-5);
    const timed = passed.flatMap(({ training }) => training ?? []);
    expect(timed.map(({ way }) => way)).to.include.members(['graph', 'xla']);
    expect(Math.min(...timed.map(({ seconds }) => seconds))).to.be.greaterThan(0);
    expect(environment.versions['tensorflow']).to.contain('TensorFlow');

    expect(read('gpu-check.md')).to.match(/\| train-small \| float32 \| [\d.]+ \(first [\d.]+\) \| [\d.]+ /);
    expect(read('gpu-check.md'))
      .to.contain('tf32 is a number format of NVIDIA GPUs')
      .and.to.contain("supports `cpu: '");
  });

  it('fails at once where there is no GPU, and both files say so', () => {
    // No program of this machine is found but Node and npm's shell.
    const env = { ...process.env, PATH: '' };
    const program = ['-r', './framework/typescript.js', 'test/gpu-check/index.ts', '--out', folder()];
    const { status } = spawnSync(process.execPath, program, { cwd: ROOT, env });
    expect(status).to.equal(1);
    expect((JSON.parse(read('gpu-check.json')) as Report).parts.map((part) => part.status)).to.deep.equal(['failed']);
    expect(read('gpu-check.md')).to.contain('nvidia-smi is missing or lists no GPU');
  });
});
