import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EpochHook, type Manifest, signed } from '../../framework/checkpoint/manifest';
import { bestOf, expired } from '../../framework/checkpoint/retention';
import { recoverCheckpoints } from '../../framework/checkpoint/commit-checkpoint';
import { UserError } from '../../framework/errors';
import { loadTensorFlow } from '../../framework/tensorflow/load';
import * as tf from '../../framework/tensorflow/tf';
import { rejection } from '../support/rejection';
import { temporaryFolder } from '../support/temporary';
import type { Goals } from '../../framework/kinds/metric';
import { CheckpointSet, modelOf, partsOf } from './checkpoint-set';
import { FailingDisk, type Fault } from './failing-disk';

describe('a disk that fails while a checkpoint is saved', () => {
  before(loadTensorFlow);
  const folder = temporaryFolder();

  /** Saves step 2 over step 1 with a fault at every call there is, one after the other. @returns how many there are */
  async function atEveryCall(fault: Fault, check: (set: CheckpointSet, error: unknown, call: number) => Promise<void>) {
    for (let call = 1; ; call++) {
      const set = new CheckpointSet(join(folder(), String(call)));
      await set.save([1], { keep: 1 });
      const disk = new FailingDisk(set.folder, call, fault);
      const error = await disk.whileFailing(() => set.save([2], { keep: 1 })).catch((reason: unknown) => reason);
      if (!disk.hasFailed) return call - 1;
      await check(set, error, call);
    }
  }

  for (const code of ['EIO', 'ENOSPC']) {
    it(`leaves the old checkpoint or the new one, and is reported, whichever call fails (${code})`, async () => {
      const calls = await atEveryCall({ kind: 'error', code }, async (set, error, call) => {
        const { step, isExact } = await set.newest();
        expect([isExact, [1, 2].includes(step)], `call ${call}`).to.deep.equal([true, true]);
        // What cannot be read to find out what may be removed is kept: no reason to stop.
        if (error !== undefined) expect(error).to.be.instanceOf(UserError);
        await set.save([3], { keep: 1 });
        expect(await set.newest(), `after call ${call}`).to.deep.include({ step: 3, isExact: true });
      });
      expect(calls).to.be.greaterThan(15);
    });
  }

  it('suggests a fix if the disk is full, and names the checkpoints that are intact', async () => {
    const set = new CheckpointSet(folder());
    await set.save([1]);
    const disk = new FailingDisk(set.folder, 5, { kind: 'error', code: 'ENOSPC' });
    const error = (await rejection(disk.whileFailing(() => set.save([2])))) as UserError;
    expect(error.text).to.match(
      /^The checkpoint of step 2 could not be saved: ENOSPC.*\n.*intact: steps 1\.\n.*Free disk space/,
    );
  });

  it('leaves a checkpoint to resume from if the process dies, at whichever call', async () => {
    const calls = await atEveryCall({ kind: 'death' }, async (set, error, call) => {
      expect(error).to.be.instanceOf(UserError);
      const next = new CheckpointSet(join(set.folder, '..'));
      await recoverCheckpoints(next.folder);
      const { step, isExact, passedOver } = await next.newest();
      expect([isExact, [1, 2].includes(step), passedOver], `call ${call}`).to.deep.equal([true, true, []]);
      expect(readdirSync(next.folder).filter((name) => name.startsWith('.'))).to.deep.equal([]);
    });
    expect(calls).to.be.greaterThan(15);
  });

  it('keeps a checkpoint that is being saved again if the process dies, at whichever call', async () => {
    for (let call = 1; ; call++) {
      const set = new CheckpointSet(join(folder(), `again-${call}`));
      await set.save([1]);
      const disk = new FailingDisk(set.folder, call, { kind: 'death' });
      await disk.whileFailing(() => set.save([1])).catch(() => undefined);
      if (!disk.hasFailed) return;
      await recoverCheckpoints(set.folder);
      expect(await set.newest(), `call ${call}`).to.deep.equal({ step: 1, isExact: true, passedOver: [] });
    }
  });

  it('gets the rest of the bytes after a short write', async () => {
    for (let call = 1; ; call++) {
      const set = new CheckpointSet(join(folder(), `short-${call}`));
      const disk = new FailingDisk(set.folder, call, { kind: 'short' });
      await disk.whileFailing(() => set.save([2]));
      if (!disk.hasFailed) return;
      expect(await set.newest(), `call ${call}`).to.deep.equal({ step: 2, isExact: true, passedOver: [] });
    }
  });
});

describe('a damaged checkpoint', () => {
  before(loadTensorFlow);
  const folder = temporaryFolder();
  let set: CheckpointSet;
  const file = (step: number, name = 'model.safetensors') => join(set.folder, String(step), name);

  beforeEach(async () => {
    set = new CheckpointSet(folder());
    await set.save([9, 10]);
  });

  async function expectPassedOver(reason: RegExp): Promise<void> {
    expect(await set.newest()).to.deep.equal({ step: 9, isExact: true, passedOver: [10] });
    expect(await rejection(set.checkpoints.open(10)))
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.matches(reason);
  }

  function flip(path: string, offset: number): void {
    const bytes = readFileSync(path);
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  }

  for (const [where, of] of Object.entries<(size: number) => number>({
    'before its first byte': () => 0,
    'after one byte': () => 1,
    'within the header’s length': () => 7,
    'after the header’s length': () => 8,
    'in its middle': (size) => size / 2,
    'before its last byte': (size) => size - 1,
  })) {
    it(`truncated ${where} is skipped, and refused by name`, async () => {
      truncateSync(file(10), Math.floor(of(readFileSync(file(10)).length)));
      await expectPassedOver(/10\/model\.safetensors is damaged: it has \d+ of \d+ bytes/);
    });
  }

  it('with a flipped bit in its header is skipped', async () => {
    flip(file(10), 20);
    await expectPassedOver(/the checksum of its header does not match/);
  });

  it('with a flipped bit in a number is skipped, and the array is named', async () => {
    flip(file(10), readFileSync(file(10)).length - 1);
    await expectPassedOver(/model\.safetensors is damaged: the checksum of bias does not match/);
  });

  it('with a flipped bit in the length of its header is skipped', async () => {
    flip(file(10), 6);
    await expectPassedOver(/model\.safetensors is not a valid safetensors file: its header of \d+ bytes does not fit/);
  });

  it('with a flipped bit in any byte of its manifest is skipped', async () => {
    const { length } = readFileSync(file(10, 'manifest.json'));
    for (let offset = 0; offset < length; offset += 1) {
      flip(file(10, 'manifest.json'), offset);
      const { step, isExact } = await set.newest();
      // White space between the fields has no meaning.
      if (step === 10) expect(isExact).to.equal(true);
      flip(file(10, 'manifest.json'), offset);
    }
    expect((await set.newest()).step).to.equal(10);
  });

  it('with trailing bytes is skipped', async () => {
    appendFileSync(file(10), '\0');
    await expectPassedOver(/is damaged: it has \d+ of \d+ bytes/);
  });

  it('with a missing manifest, file or position is skipped', async () => {
    const manifest = JSON.parse(readFileSync(file(10, 'manifest.json'), 'utf8')) as Manifest & { checksum?: number };
    delete manifest.checksum;
    const { seed: _, ...position } = manifest.position;
    writeFileSync(file(10, 'manifest.json'), signed({ ...manifest, position } as Manifest));
    await expectPassedOver(/position\.seed: it is missing/);
    renameSync(file(10, 'manifest.json'), file(10, 'other.json'));
    await expectPassedOver(/manifest\.json cannot be read/);
    renameSync(file(10), file(10, 'other'));
    writeFileSync(file(10, 'manifest.json'), signed(manifest));
    await expectPassedOver(/model\.safetensors is missing/);
  });

  it('of a newer format is skipped, and the supported format is reported', async () => {
    const manifest = JSON.parse(readFileSync(file(10, 'manifest.json'), 'utf8')) as object;
    writeFileSync(file(10, 'manifest.json'), JSON.stringify({ ...manifest, format: 3 }));
    await expectPassedOver(/manifest\.json has format 3; this version reads format 2/);
  });

  it('in the folder of another step is skipped', async () => {
    cpSync(join(set.folder, '9'), join(set.folder, '11'), { recursive: true });
    expect(await set.newest()).to.deep.equal({ step: 10, isExact: true, passedOver: [11] });
  });

  it('that is a file or a dangling link is skipped', async () => {
    writeFileSync(join(set.folder, '11'), 'a file');
    symlinkSync('/nowhere', join(set.folder, '12'));
    expect(await set.newest()).to.deep.equal({ step: 10, isExact: true, passedOver: [12, 11] });
  });

  it('is reported with every reason if no valid one is left', async () => {
    for (const step of [9, 10]) truncateSync(file(step), 3);
    const error = (await rejection(set.newest())) as UserError;
    expect(error.text).to.match(/^All checkpoints in .* are damaged\.\n.*10\/model.*\n.*9\/model/);
  });

  it('never creates a tensor, and needs little memory whatever its header says', async () => {
    const bytes = readFileSync(file(10));
    bytes.writeBigUInt64LE(2n ** 62n);
    writeFileSync(file(10), bytes);
    const before = { tensors: tf.memory().numTensors, bytes: process.memoryUsage().rss };
    await rejection(set.checkpoints.open(10));
    expect(tf.memory().numTensors).to.equal(before.tensors);
    expect(process.memoryUsage().rss - before.bytes).to.be.lessThan(50e6);
  });
});

describe('checkpoints that are kept', () => {
  before(loadTensorFlow);
  const folder = temporaryFolder();

  it('are the latest by number, never by text', async () => {
    const set = new CheckpointSet(folder());
    await set.save([8, 9, 10, 100], { keep: 1 });
    expect(set.checkpoints.list()).to.deep.equal([100]);
  });

  it('include one every n steps', async () => {
    const set = new CheckpointSet(folder());
    await set.save([5, 10, 15, 20, 25], { keep: 1, keepEvery: 10 });
    expect(set.checkpoints.list()).to.deep.equal([10, 20, 25]);
  });

  it('include the best by a metric: the lowest loss, the highest accuracy, or by the goal that is set', async () => {
    const values = [0.3, 0.1, 0.2, 0.4, 0.3];
    const kept = async (name: string, rule: object) => {
      const set = new CheckpointSet(join(folder(), name));
      for (const [index, value] of values.entries())
        await set.save([index + 1], { keep: 1, best: 'x/accuracy', ...rule }, { loss: value, 'x/accuracy': value });
      return set.checkpoints.list();
    };
    expect(await kept('loss', { best: 'loss' })).to.deep.equal([2, 5]);
    expect(await kept('accuracy', {})).to.deep.equal([4, 5]);
    expect(await kept('goal', { goal: 'min' })).to.deep.equal([2, 5]);
  });

  it('include the best by the goal that is declared for the metric', async () => {
    const set = new CheckpointSet(folder(), { 'word/score': 'min' });
    for (const [index, score] of [0.3, 0.1, 0.2].entries())
      await set.save([index + 1], { keep: 1, best: 'word/score' }, { 'word/score': score });
    expect(set.checkpoints.list()).to.deep.equal([2, 3]);
  });

  it('are all of them if none has the metric of checkpoint.best, unless it is declared', async () => {
    const kept = async (name: string, goals: Goals) => {
      const set = new CheckpointSet(join(folder(), name), goals);
      await set.save([1, 2, 3], { keep: 1, best: 'valid/acc' }, { loss: 1 });
      return set.checkpoints.list();
    };
    expect(await kept('unknown', {})).to.deep.equal([1, 2, 3]);
    expect(await kept('declared', { 'valid/acc': 'max' })).to.deep.equal([3]);
  });

  it('are refused with the closest name once an epoch is evaluated and the metric of checkpoint.best is unknown', async () => {
    const saved = async (position: object, pending: readonly EpochHook[], goals: Goals = {}): Promise<string> => {
      const { checkpoints } = new CheckpointSet(join(folder(), 'run'), goals);
      const rule = { keep: 1, keepEvery: undefined, best: 'los', goal: undefined };
      const state = { position: { step: 7, epoch: 1, batch: 0, seed: 1, ...position }, metrics: { loss: 1 }, pending };
      await checkpoints.save(state, partsOf(modelOf(7)), rule);
      const error = await checkpoints.flush().catch((reason: unknown) => reason);
      expect(checkpoints.list()).to.deep.equal([7]);
      if (error !== undefined || pending.length === 0) return error === undefined ? 'saved' : (error as UserError).text;
      checkpoints.amend({ ...state, pending: [] }, 'los');
      return checkpoints.flush().then(
        () => 'saved',
        (reason: unknown) => `later: ${(reason as UserError).text}`,
      );
    };
    const refusal = 'checkpoint.best=los: the run has no metric "los".\n  Did you mean loss? Metrics: loss.\n';
    expect(await saved({}, []))
      .to.contain(refusal)
      .and.to.contain('exp resume run checkpoint.best=');
    expect(await saved({ batch: 1 }, [])).to.contain(refusal);
    // At its end, an epoch is saved before it is evaluated.
    expect(await saved({}, ['evaluate', 'sample'])).to.contain(`later: ${refusal}`);
    expect(await saved({}, ['sample'])).to.contain(refusal);
    // Within the first epoch nothing is evaluated yet; a declared metric may come later.
    expect(await saved({ epoch: 0, batch: 5 }, [])).to.equal('saved');
    expect(await saved({ epoch: 2 }, [], { los: 'min' })).to.equal('saved');
  });

  it('that were saved at a stop do not count, and are removed when there is a later one', () => {
    const at = (step: number, isInterim = false) => ({ step, metrics: { loss: 1 }, isInterim });
    const rule = { keep: 2, keepEvery: undefined, best: undefined, goal: undefined };
    expect(expired([at(10), at(20), at(25, true)], rule)).to.deep.equal([]);
    expect(expired([at(10), at(20), at(25, true), at(27, true)], rule)).to.deep.equal([25]);
    expect(expired([at(10), at(20), at(25, true), at(30)], rule)).to.deep.equal([10, 25]);
    // It carries the measurement of the epoch before, which is not its own.
    expect(bestOf([at(10), at(25, true)], 'loss', 'min')?.step).to.equal(10);
  });

  it('have no pointer to the best one that could be stale', async () => {
    const set = new CheckpointSet(folder());
    await set.save([1], { keep: 1, best: 'loss' }, { loss: 0.1 });
    await set.save([2], { keep: 1, best: 'loss' }, { loss: 0.2 });
    renameSync(join(set.folder, '1'), join(set.folder, 'gone'));
    await set.save([3], { keep: 1, best: 'loss' }, { loss: 0.3 });
    expect(set.checkpoints.list()).to.deep.equal([2, 3]);
    expect(await set.checkpoints.best('loss')).to.equal(2);
  });

  it('leave other folders and the targets of links alone', async () => {
    const set = new CheckpointSet(folder());
    await set.save([1]);
    const elsewhere = join(folder(), 'elsewhere');
    renameSync(join(set.folder, '1'), elsewhere);
    symlinkSync(elsewhere, join(set.folder, '1'));
    mkdirSync(join(set.folder, 'notes'));
    expect((await set.newest()).isExact).to.equal(true);
    await set.save([2, 3], { keep: 1 });
    expect(set.checkpoints.list()).to.deep.equal([3]);
    expect([existsSync(join(elsewhere, 'manifest.json')), existsSync(join(set.folder, 'notes'))]).to.deep.equal([
      true,
      true,
    ]);
  });
});

describe('non-finite numbers', () => {
  before(loadTensorFlow);
  const folder = temporaryFolder();

  for (const number of [NaN, Infinity, -Infinity]) {
    it(`are not saved, and are reported by name (${number})`, async () => {
      const set = new CheckpointSet(folder());
      await set.save([1]);
      const broken = modelOf(2);
      tf.tidy(() => broken.weight.state.assign(tf.fill([...broken.weight.shape], number)));
      const retention = { keep: 1, keepEvery: undefined, best: undefined, goal: undefined };
      const state = { position: { step: 2, epoch: 0, batch: 2, seed: 1 }, metrics: {} };
      await set.checkpoints.save(state, partsOf(broken), retention);
      expect(await rejection(set.checkpoints.flush()))
        .to.have.property('message')
        .that.equals('The checkpoint of step 2 could not be saved: weight is not finite at index 0: not saved.');
      expect(await set.newest()).to.deep.equal({ step: 1, isExact: true, passedOver: [] });
    });
  }
});
