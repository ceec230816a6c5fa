import { join } from 'node:path';
import { expect } from 'chai';
import { createContext } from '../../framework/cli/command-context';
import { parseOverrides } from '../../framework/config/parse/override';
import { startRun } from '../../framework/experiment/lifecycle/start';
import * as tf from '../../framework/tensorflow/tf';
import { SMALL } from '../support/exp';
import { temporaryFolder } from '../support/temporary';

/** Megabytes that a process may have more after eight more runs: what its heaps keep back for later. */
const SLACK = 60;

describe('ten runs in one process', () => {
  const runs = temporaryFolder();

  it('use no more memory than two', async function () {
    this.timeout(600_000);
    const memory: number[] = [];
    for (let time = 1; time <= 10; time++) {
      const overrides = parseOverrides([...SMALL, 'model.channels=64', 'maxSteps=5', 'trackers=[JSONL]']);
      await startRun({ ...createContext(true), name: 'diffuse', overrides }, join(runs(), String(time)));
      memory.push(process.memoryUsage().rss / 1e6);
    }
    expect(memory.at(-1)! - memory[1]!, memory.map(Math.round).join(' ')).to.be.below(SLACK);
    expect(tf.memory().numTensors).to.be.below(100);
  });
});
