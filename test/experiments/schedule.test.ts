import { expect } from 'chai';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { askToStop, ingredientsOf, metricsOf } from '../support/run-options';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

describe('the learning rate of a run', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  const args = (...more: string[]) => [
    ...['model.channels=[8]', 'model.blocks=1', 'batchSize=500', 'learningRate=0.4', 'trackers=[JSONL]'],
    ...['logEverySteps=1', ...more],
  ];

  const ratesOf = (folder: Parameters<typeof metricsOf>[0]) =>
    metricsOf(folder).flatMap(({ learningRate }) => learningRate ?? []);

  it('is constant by default', async () => {
    const { folder } = await startRun(ingredientsOf('classify', args('maxSteps=3')), runs());
    expect(ratesOf(folder)).to.deep.equal([0.4, 0.4, 0.4]);
  });

  it('may be 0, which is reported once', async () => {
    const lines: string[] = [];
    await startRun(ingredientsOf('classify', args('learningRate=0', 'epochs=2'), { output: lines }), runs());
    expect(lines.join('').match(/^learningRate=0: .*$/gm)).to.deep.equal([
      'learningRate=0: the parameters do not change.',
    ]);
  });

  it('decreases over all epochs', async () => {
    // 1,438 images to train on are two batches of 500, so that 2 epochs are 4 updates.
    const { folder } = await startRun(ingredientsOf('classify', args('epochs=2', 'schedule=Linear')), runs());
    expect(ratesOf(folder).map((rate) => rate.toFixed(6))).to.deep.equal([0.4, 0.3, 0.2, 0.1].map((r) => r.toFixed(6)));
  });

  it('is the same after a resume', async () => {
    const cosine = args('maxSteps=6', 'schedule=Cosine', 'schedule.warmup=2', 'schedule.final=0.5');
    const { folder: straight } = await startRun(ingredientsOf('classify', cosine), runs());
    // 0.2, 0.4, then 0.4 (½ + ¼ (1 + cos(π/4 n)))
    const wanted = [0.2, 0.4, 0.4, 0.370711, 0.3, 0.229289];
    expect(ratesOf(straight).map((rate) => Number(rate.toFixed(6)))).to.deep.equal(wanted);
    const stopping = ingredientsOf('classify', cosine, { onUpdate: (done) => done === 1 && askToStop() });
    const { folder, status } = await startRun(stopping, runs());
    expect(status).to.equal('interrupted');
    await resumeRun(ingredientsOf('classify', cosine), folder);
    expect(ratesOf(folder)).to.deep.equal(ratesOf(straight));
  });
});
