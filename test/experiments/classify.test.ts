import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { parseOverrides } from '../../framework/config/parse/override';
import { UserError } from '../../framework/errors';
import { drawImages } from '../support/draw-images';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { Monitor } from '../../framework/monitor/monitor';
import { allRuns } from '../../framework/run/find-run';
import { readRecord } from '../../framework/run/run-record';
import { ingredientsOf, metricsOf } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

/** A network that learns in a second. */
const SMALL = ['model.channels=[16,32]', 'model.blocks=1'];

describe('classify', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  it('learns to classify digits that it was not trained on', async () => {
    const { folder, status } = await startRun(
      ingredientsOf('classify', [...SMALL, 'learningRate=0.01', 'epochs=4']),
      runs(),
    );
    expect(status).to.equal('completed');
    const measured = metricsOf(folder).filter((line) => 'valid/accuracy' in line);
    // 1,797 digits less the 359 held out are 22 batches of 64.
    expect(measured.map(({ step }) => step)).to.deep.equal([22, 44, 66, 88]);
    // A tenth is chance.
    expect(measured.at(-1)!['valid/accuracy']).to.be.greaterThan(0.9);
    expect(measured.at(-1)!['valid/loss']).to.be.lessThan(0.5);
  });

  it('accepts a different optimizer, and runs in eager mode, as diffuse does', async () => {
    const args = [...SMALL, 'optimizer=SGD', 'learningRate=0.1', 'compile=false', 'maxSteps=2', 'trackers=[JSONL]'];
    const { folder } = await startRun(ingredientsOf('classify', args), runs());
    expect(metricsOf(folder).map(({ step }) => step)).to.deep.equal([2]);
  });

  it('reports no time left after the last of maxSteps, within an epoch', async () => {
    const lines: string[] = [];
    const bars: string[] = [];
    const display = {
      line: (text: string) => lines.push(text),
      start: (name: string, total: number) => bars.push(`${name} ${total}`),
      update: () => undefined,
      stop: () => undefined,
    };
    const ingredients = ingredientsOf('classify', [...SMALL, 'maxSteps=2', 'trackers=[]']);
    await startRun({ ...ingredients, monitor: new Monitor(display) }, runs());
    expect(lines.join('\n')).to.match(/^epoch 1\/20 .* 0\.00 s left$/m);
    expect(bars).to.include('Train 2');
  });

  it('logs system metrics along with training metrics, unless they are disabled', async () => {
    const args = ['model.channels=[8]', 'model.blocks=1', 'maxSteps=20', 'logEverySteps=1', 'trackers=[JSONL]'];
    const measured = async (seconds: number) => {
      const ingredients = ingredientsOf('classify', [...args, `hardwareEverySeconds=${seconds}`]);
      return metricsOf((await startRun(ingredients, runs())).folder);
    };
    const [lines, without] = [await measured(0.001), await measured(0)];
    expect(lines.some((line) => (line['hardware/memory'] ?? 0) > 0)).to.equal(true);
    expect(without.flatMap((line) => Object.keys(line))).not.to.include('hardware/memory');
    expect(lines.map(({ step }) => step)).to.deep.equal(without.map(({ step }) => step));
  });

  it('refuses a dataset without labels before it looks for its files', async () => {
    const error = await rejection(
      startRun(ingredientsOf('classify', ['dataset=CelebA', 'dataset.root=nowhere']), runs()),
    );
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).text).to.equal(
      'A classifier needs class labels, but CelebA has none.\n' +
        '  Choose a dataset with labels, such as dataset=Digits; docs/datasets.md lists them.',
    );
    expect(readdirSync(runs())).to.deep.equal([]);
  });

  it('ends at a misspelt metric in checkpoint.best with its checkpoint saved, and resumes with the right one', async () => {
    const args = (best: string) => [
      ...SMALL,
      'trackers=[JSONL]',
      'epochs=2',
      'checkpoint.keep=1',
      `checkpoint.best=${best}`,
    ];
    const error = await rejection(startRun(ingredientsOf('classify', args('valid/acuracy')), runs()));
    expect((error as UserError).text).to.match(/no metric "[^"]+"\.\n {2}Did you mean valid\/accuracy\?/);
    const [folder] = allRuns(runs());
    expect([readRecord(folder!).status, savedSteps(folder!.checkpoints)]).to.deep.equal(['failed', [22]]);
    const changes = parseOverrides(['checkpoint.best=valid/accuracy']);
    const resumed = await resumeRun(ingredientsOf('classify', args('valid/accuracy')), folder!, { changes });
    expect([resumed.status, resumed.step]).to.deep.equal(['completed', 44]);
  });

  it('reports at its end a metric in checkpoint.best that was never logged', async () => {
    const args = [...SMALL, 'trackers=[JSONL]', 'maxSteps=1', 'checkpoint.best=los'];
    const error = await rejection(startRun(ingredientsOf('classify', args), runs()));
    expect((error as UserError).text).to.match(/^checkpoint\.best=los: [^]*Did you mean loss\?/);
    expect(savedSteps(allRuns(runs())[0]!.checkpoints)).to.deep.equal([1]);
  });

  it('refuses to sample, with the reason', async () => {
    const ingredients = ingredientsOf('classify', [...SMALL, 'maxSteps=1']);
    const { folder, canSample } = await startRun(ingredients, runs());
    expect(canSample).to.equal(false);
    const error = await rejection(drawImages(ingredients, folder, 1, 1));
    expect(String(error)).to.contain(`${folder.id} is a run of classify, which does not generate samples.`);
  });
});
