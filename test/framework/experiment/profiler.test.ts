import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { resumeRun } from '../../../framework/experiment/lifecycle/resume';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { askToStop, ingredientsOf, TINY } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

const WORDS = [...TINY, 'trackers=[]', 'samples=1'];

describe('exp run --profile', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const weightsOf = (folder: { checkpoints: string }, step: number) =>
    readFileSync(join(folder.checkpoints, String(step), 'model.safetensors'));

  it('records three steps after ten, changes no number, and shows what takes the most time', async () => {
    const lines: string[] = [];
    const args = [...WORDS, 'maxSteps=14'];
    const { folder } = await startRun({ ...ingredientsOf('diffuse', args, { output: lines }), profile: true }, runs());
    expect(readdirSync(folder.profile)).to.have.members(
      ['11', '12', '13'].flatMap((step) => [`${step}.trace.json`, `${step}.txt`]),
    );
    const text = readFileSync(join(folder.profile, '13.txt'), 'utf8');
    expect(text).to.match(/^Step 13: \d+ operations in [\d.]+ ms.*\n\noperation +count +ms +share\n/);
    expect(text).to.match(/\nSteps waited for data \d+% of the time\.\n$/);
    expect(lines.join(''))
      .to.contain(text.trim())
      .and.to.match(/Timeline.*13\.trace\.json/);
    const timeline = readFileSync(join(folder.profile, '13.trace.json'), 'utf8');
    expect(timeline).to.match(/"ph":"X","name":"ResourceApplyAdam"/);
    const { folder: plain } = await startRun(ingredientsOf('diffuse', args), runs());
    expect(existsSync(plain.profile)).to.equal(false);
    expect(weightsOf(folder, 14).equals(weightsOf(plain, 14))).to.equal(true);
  });

  it('records the last steps of a shorter run, and those of a resumed one', async () => {
    const listener = { onUpdate: (done: number) => (done === 2 ? askToStop() : undefined) };
    const { folder, step } = await startRun(ingredientsOf('diffuse', [...WORDS, 'maxSteps=5'], listener), runs());
    expect(step).to.equal(3);
    await resumeRun({ ...ingredientsOf('diffuse', [...WORDS, 'maxSteps=5']), profile: true }, folder);
    expect(readdirSync(folder.profile).filter((name) => name.endsWith('.txt'))).to.have.members(['4.txt', '5.txt']);
  });

  it('is refused without a graph, before anything is created', async () => {
    const ingredients = { ...ingredientsOf('diffuse', [...WORDS, 'compile=false']), profile: true };
    const error = await rejection(startRun(ingredients, runs()));
    expect(error).to.be.instanceOf(UserError).with.property('exitCode', 2);
    expect(readdirSync(runs())).to.deep.equal([]);
  });
});
