import { closeSync, cpSync, mkdirSync, openSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { writeJSON } from '../../framework/util/json-file';
import { UserError } from '../../framework/errors';
import { newFolder, startRun } from '../../framework/experiment/lifecycle/start';
import { RunFolder } from '../../framework/run/run-folder';
import { readRecord, startRecord } from '../../framework/run/run-record';
import { QUICK } from '../support/exp';
import { ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const EXP = join(__dirname, '../../framework/cli/exp.js');
const SETTINGS = [...TINY, 'compile=false', 'epochs=2', 'batchSize=800', 'sampleEvery=1'];
/** Four batches of 800 digits in two epochs. */
const LAST = 4;

describe('what training does not depend on', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  /** Trains in a folder in which files are in the way of some. */
  async function trained(...inTheWay: string[]): Promise<{ folder: RunFolder; lines: string }> {
    const folder = newFolder(runs(), 'diffuse', { id: 'run' });
    for (const name of inTheWay) writeFileSync(join(folder.path, name), '');
    const lines: string[] = [];
    await startRun(ingredientsOf('diffuse', SETTINGS, { output: lines }), runs(), { identity: { id: 'run' } });
    return { folder, lines: lines.join('') };
  }

  it('is an image: one that cannot be written is reported once', async () => {
    const { folder, lines } = await trained('samples');
    expect([readRecord(folder).status, savedSteps(folder.checkpoints).at(-1)]).to.deep.equal(['completed', LAST]);
    expect(lines.match(/samples cannot be created: .* Training continues without samples\./g)).to.have.length(1);
  });

  it('is an event file: a tracker that cannot be created is skipped', async () => {
    const { folder, lines } = await trained('tensorboard');
    expect(readRecord(folder).status).to.equal('completed');
    expect(lines).to.match(/TensorBoard cannot be used: .* Training continues without it\./);
    expect(metricsOf(folder)).to.have.length(2);
  });

  it('is standard output: on a full disk a run completes, and another command fails', async () => {
    const ended = async (...args: string[]): Promise<unknown> => {
      const full = openSync('/dev/full', 'w');
      const env = { ...process.env, EXPLAB_RUNS: runs(), CI: 'true' };
      const child = spawn(process.execPath, [EXP, ...args], { env, stdio: ['ignore', full, 'ignore'] });
      closeSync(full);
      return new Promise((done) => child.on('close', done));
    };
    expect(await ended('run', 'diffuse', ...QUICK, 'maxSteps=2', '--id', 'run')).to.equal(0);
    expect(readRecord(new RunFolder(join(runs(), 'diffuse/run'))).status).to.equal('completed');
    expect(await ended('runs')).to.equal(1);
  });
});

describe('a process whose run was taken over while its machine slept', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  it('stops at its next checkpoint, and leaves the run to the new process', async () => {
    const folder = new RunFolder(join(runs(), 'diffuse/run'));
    const overtake = () => {
      const own = join(folder.attempts, '1/process.json');
      writeJSON(own, { ...(JSON.parse(readFileSync(own, 'utf8')) as object), host: 'elsewhere' });
      utimesSync(own, 0, 0);
      mkdirSync(join(folder.attempts, '2'));
      cpSync(own, join(folder.attempts, '2/process.json'));
      startRecord(folder, 'diffuse', [], {});
    };
    const onUpdate = (done: number) => done === 1 && overtake();
    const error = await rejection(
      startRun(ingredientsOf('diffuse', SETTINGS, { onUpdate }), runs(), { identity: { id: 'run' } }),
    );
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.matches(/took over this run at/);
    expect(readRecord(folder).status).to.equal('running');
    expect(readdirSync(folder.path)).not.to.include('checkpoints');
  });
});
