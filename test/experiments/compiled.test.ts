import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { hasBFloat16 } from '../../framework/tensorflow/processor';
import { ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { requireDevice, withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const SETTINGS = [
  ...TINY,
  'model.dropout=0.2',
  'learningRate=1e-3',
  'logEverySteps=1',
  'maxSteps=12',
  'trackers=[JSONL]',
];

describe('a training run', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  async function lossesWith(...settings: string[]): Promise<number[]> {
    const { folder } = await startRun(ingredientsOf('diffuse', [...SETTINGS, ...settings]), runs());
    return metricsOf(folder).map((line) => line['loss']!);
  }

  it('has the same losses in a graph as in eager mode', async () => {
    const [eager, graph] = [await lossesWith('compile=false'), await lossesWith('compile=graph')];
    expect(eager).to.have.length(12);
    for (const [step, loss] of eager.entries()) expect(graph[step]).to.be.closeTo(loss, 2e-5 * loss);
    expect(eager.at(-1)).to.be.lessThan(eager[0]!);
  });

  it('reports its device and its mode', async function () {
    requireDevice('cpu', this);
    const lines: string[] = [];
    await startRun(ingredientsOf('diffuse', [...SETTINGS, 'maxSteps=1', 'threads=2'], { output: lines }), runs());
    expect(lines.join('')).to.contain(
      'Computing on the CPU, 2 threads: each step a graph, with fused operations, float32.',
    );
  });

  it('trains as well in float16 on a GPU', async function () {
    requireDevice('gpu', this);
    const [exact, rounded] = [await lossesWith(), await lossesWith('precision=float16')];
    for (const [step, loss] of exact.entries()) expect(rounded[step]).to.be.closeTo(loss, 0.02 * loss);
    expect(rounded).not.to.deep.equal(exact);
  });

  it('trains as well in bfloat16, or reports that the processor does not support it', async function () {
    requireDevice('cpu', this);
    if (hasBFloat16()) {
      const [exact, rounded] = [await lossesWith(), await lossesWith('precision=bfloat16')];
      for (const [step, loss] of exact.entries()) expect(rounded[step]).to.be.closeTo(loss, 0.02 * loss);
      expect(rounded).not.to.deep.equal(exact);
    } else {
      expect(String(await rejection(lossesWith('precision=bfloat16')))).to.contain('lacks the instructions');
    }
  });

  const refusals: Readonly<Record<string, [settings: string[], lines: string]>> = {
    'another number format op by op': [['precision=bfloat16', 'compile=false'], 'precision=bfloat16 needs a graph'],
    'micro-batches that do not divide the batch': [
      ['microBatches=3'],
      'A batch of 8 cannot be split into 3 equal parts',
    ],
  };
  const refusalsOnCpu: typeof refusals = {
    'float16 on a CPU': [['precision=float16'], 'precision=float16 needs a GPU'],
    'a GPU that is not there': [['device=gpu:7'], 'device=gpu:7: TensorFlow finds no such GPU'],
  };
  for (const [what, [settings, lines]] of Object.entries({ ...refusals, ...refusalsOnCpu })) {
    it(`is refused ${what}, with an alternative`, async function () {
      if (what in refusalsOnCpu) requireDevice('cpu', this);
      const error = await rejection(lossesWith(...settings));
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).text).to.contain(lines);
      expect((error as UserError).hints).not.to.have.length(0);
    });
  }
});
