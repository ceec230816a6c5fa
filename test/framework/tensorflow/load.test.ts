import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../framework/errors';
import { silently } from '../../../framework/tensorflow/install/silence';
import { smokeTest } from '../../../framework/tensorflow/install/smoke-test';
import { libraryFolder, loadTensorFlow } from '../../../framework/tensorflow/load';
import * as tf from '../../../framework/tensorflow/tf';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { REGISTER } from '../../support/typescript';

describe('Loading TensorFlow', () => {
  const folder = temporaryFolder();

  it('sets the native backend of TensorFlow.js', async () => {
    await loadTensorFlow();
    expect(tf.getBackend()).to.equal('tensorflow');
  });

  it('returns the path of the C library', async () => {
    await loadTensorFlow();
    expect(existsSync(join(libraryFolder(), 'libtensorflow_cc.so.2'))).to.equal(true);
  });

  it("hides TensorFlow's log from the terminal, and nothing else", () => {
    const child = spawnSync(process.execPath, ['-r', REGISTER, join(__dirname, 'load-child.ts')], {
      encoding: 'utf8',
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: undefined },
    });
    expect(child.stderr).to.equal('heard\n');
    expect(JSON.parse(child.stdout)).to.deep.include({ backend: 'tensorflow', product: [3, 3, 3, 3] });
  });

  it('reports why an addon does not load', async () => {
    const addon = join(folder(), 'tfjs_binding.node');
    writeFileSync(addon, 'no library');
    const error = (await rejection(smokeTest(addon))) as UserError;
    expect(error).to.be.instanceOf(UserError);
    expect(error.text).to.match(/TensorFlow failed a smoke test[^]*tfjs_binding\.node/);
  });
});

describe('silently', () => {
  it('returns the result of the work', () => {
    expect(silently(() => 42)).to.equal(42);
  });

  it('quotes the output if the work fails', () => {
    const fail = (): never => {
      writeFileSync('/dev/stderr', 'error: libnothing.so is missing\n');
      throw new Error('dlopen failed');
    };
    expect(() => silently(fail))
      .to.throw(UserError, 'TensorFlow cannot be loaded: dlopen failed')
      .with.property('hints')
      .that.includes('error: libnothing.so is missing');
  });
});
