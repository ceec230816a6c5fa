import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../support/temporary';
import { judgeCompileAuto } from './compile-auto';
import { type Environment, requireGpu } from './environment';
import { describeReport } from './markdown';
import { type Part, Recorder, type Report, Skip } from './report';
import { formatProblem } from './training';

const GPU = { name: 'NVIDIA A100', memoryMiB: 40960, driver: '550.54', computeCapability: 8 };
const ENVIRONMENT: Environment = {
  ...{ gpus: [GPU], processor: 'EPYC', cores: 16, memoryMiB: 131072, system: 'Linux 6' },
  versions: { node: 'v22.1.0' },
};

/** A timed step of the paper's network. */
function timed(by: string, way: string, seconds: number, precision = 'float32'): Part {
  const figures = { range: [seconds, seconds], first: 9, peakMB: 1 } as const;
  const training = { case: 'train-paper-8', precision, by, way, seconds, ...figures };
  return { stage: 'training', name: way, status: 'passed', seconds: 1, training };
}

function reportOf(...parts: Part[]): Report {
  return { device: 'gpu', quick: false, finished: true, environment: ENVIRONMENT, parts };
}

describe('the check of a GPU', () => {
  const folder = temporaryFolder();

  it('has a table of the best of each side, with the machine', () => {
    const torch = [timed('PyTorch', 'eager', 0.4), timed('PyTorch', 'compile', 0.3)];
    const text = describeReport(reportOf(timed('explab', 'graph', 0.2), timed('explab', 'xla', 0.1), ...torch));
    expect(text).to.contain('| GPU | NVIDIA A100, 40960 MiB, compute capability 8.0, driver 550.54 |');
    expect(text).to.contain(
      '| train-paper-8 | float32 | 0.200 (first 9.0) | 0.100 (first 9.0) | 0.300 (compile) | 3.00 |',
    );
  });

  it('takes XLA for compile=auto if it is faster by more than a twentieth on the geometric mean', () => {
    const graph = [timed('explab', 'graph', 0.2), timed('explab', 'graph', 0.1, 'float16')];
    // √(4 · 1/2) = 1.414 and √(4 · 1/4) = 1.
    const faster = judgeCompileAuto(
      reportOf(...graph, timed('explab', 'xla', 0.05), timed('explab', 'xla', 0.2, 'float16')),
    );
    const equal = judgeCompileAuto(
      reportOf(...graph, timed('explab', 'xla', 0.05), timed('explab', 'xla', 0.4, 'float16')),
    );
    expect([faster?.supported, equal?.supported]).to.deep.equal(['xla', 'graph']);
    expect(faster?.speedup).to.be.closeTo(1.41421, 1e-5);
    expect(equal?.count).to.equal(2);
  });

  it('names the line to change where the measurement supports another value', () => {
    const text = describeReport(reportOf(timed('explab', 'graph', 0.2), timed('explab', 'xla', 0.1)));
    expect(text).to.contain("supports `gpu: 'xla'`").and.to.contain('compile-mode.ts');
  });

  it('decides nothing about compile=auto if XLA failed', () => {
    expect(judgeCompileAuto(reportOf(timed('explab', 'graph', 0.2)))).to.equal(undefined);
  });

  it('skips tf32 before Ampere, and bfloat16, and says why', () => {
    const turing = { ...GPU, computeCapability: 7.5 };
    expect(formatProblem('tf32', 'gpu', [turing])).to.equal(
      'tf32 needs compute capability 8.0 or newer, but this GPU has 7.5',
    );
    expect(formatProblem('bfloat16', 'gpu', [GPU])).to.equal('bfloat16 is only supported on CPUs');
    expect([formatProblem('tf32', 'gpu', [GPU]), formatProblem('float16', 'gpu', [GPU])]).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  it('goes on after a part that fails, and both files have its reason', async () => {
    const lines: string[] = [];
    const options = { device: 'gpu', quick: false, out: folder() } as const;
    const recorder = new Recorder(options, ENVIRONMENT, describeReport, (line) => lines.push(line));
    const ran = [
      await recorder.run('tests', 'a', () => {
        throw new Error('the sum is wrong');
      }),
      await recorder.run('workers', 'b', () => {
        throw new Skip('there is one GPU');
      }),
      await recorder.run('losses', 'c', () => ({ difference: 1e-7 })),
    ];
    expect(ran).to.deep.equal([false, false, true]);
    expect(lines[0]).to.match(/^failed +tests: a, .*: the sum is wrong$/);
    expect(recorder.finish().parts.map(({ status }) => status)).to.deep.equal(['failed', 'skipped', 'passed']);
    const [json, markdown] = ['json', 'md'].map((type) => readFileSync(join(folder(), `gpu-check.${type}`), 'utf8'));
    expect((JSON.parse(json!) as Report).parts[0]!.reason).to.equal('the sum is wrong');
    expect(markdown).to.contain('- tests: a: the sum is wrong').and.to.contain('- workers: b: there is one GPU');
  });

  it('ends with a hint where there is no GPU', () => {
    expect(() => requireGpu({ ...ENVIRONMENT, gpus: [] })).to.throw('nvidia-smi is missing or lists no GPU');
  });
});
