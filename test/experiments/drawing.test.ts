import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { sampleToFile } from '../../framework/experiment/sampling/sample-to-file';
import { SMALL } from '../support/exp';
import { ingredientsOf } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const SETTINGS = [...SMALL, 'maxSteps=2', 'trackers=[JSONL]', 'sampler=DDIM', 'sampler.eta=0.5', 'sampler.steps=3'];

describe('sampling from a run', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  async function draw(...settings: string[]): Promise<Buffer> {
    const out = join(runs(), 'samples.png');
    const { registry, monitor } = ingredientsOf('diffuse', []);
    await sampleToFile({
      registry,
      monitor,
      runs: runs(),
      run: 'latest',
      count: 2,
      seed: 7,
      out,
      force: true,
      settings,
    });
    return readFileSync(out);
  }

  it('uses the sampler of the run, or a different one with settings for it', async () => {
    await startRun(ingredientsOf('diffuse', SETTINGS), runs());
    const own = await draw();
    expect(await draw('sampler=DDIM', 'sampler.eta=0.5', 'sampler.steps=3')).to.deep.equal(own);
    // Chosen anew, it has none of the run's eta and steps.
    const plain = await draw('sampler=DDIM');
    expect(plain).not.to.deep.equal(own);
    expect(await draw('sampler=Euler')).to.deep.equal(plain);
    expect(await draw('sampler=DPMSolver', 'sampler.steps=2', 'sampler.spacing=karras')).not.to.deep.equal(plain);
    expect(await draw('sampler.steps=2')).not.to.deep.equal(own);
  });

  it('changes no training setting, and limits the number of sampling steps', async () => {
    await startRun(ingredientsOf('diffuse', SETTINGS), runs());
    const refusals: [setting: string, message: string][] = [
      ['steps=2', 'steps cannot be changed for sampling a run of diffuse.'],
      ['sampler.steps=5', 'sampler.steps=5: expected at most 4, the number of diffusion steps from t = 3.'],
      ['sampler=Eulr', 'Did you mean Euler?'],
    ];
    for (const [setting, message] of refusals) {
      const error = await rejection(draw(setting));
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).text).to.contain(message);
    }
  });

  it('never returns images with NaN: it fails, and is reported during training', async () => {
    const lines: string[] = [];
    // So strong a guidance is infinite in float32.
    const settings = [...SETTINGS, 'conditional=true', 'guidance=3e38'];
    const { folder } = await startRun(ingredientsOf('diffuse', settings, { output: lines }), runs());
    expect(lines.join('')).to.include('No samples at step 2: 4 of 4 sampled images contain NaN values.');
    expect(existsSync(join(folder.path, 'samples'))).to.equal(false);
    expect(String(await rejection(draw()))).to.include('2 of 2 sampled images contain NaN values.');
  });
});
