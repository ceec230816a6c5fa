import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { HardwareWatch } from '../../../../framework/run/environment/hardware';
import { describeMachine } from '../../../../framework/run/environment/machine';
import { temporaryFolder } from '../../../support/temporary';

describe('hardware monitoring', () => {
  const folder = temporaryFolder();
  const path = process.env['PATH'] ?? '';
  let watch: HardwareWatch | undefined;
  afterEach(() => {
    watch?.close();
    process.env['PATH'] = path;
  });

  /** Puts a program where the driver's is looked for, as it answers on a machine with GPUs. */
  function driver(script: string): void {
    writeFileSync(join(folder(), 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder(), 'nvidia-smi'), 0o755);
    process.env['PATH'] = [folder(), path].join(delimiter);
  }

  /** What is measured until there is a value of that name. */
  async function measured(name: string): Promise<Record<string, number>> {
    watch = new HardwareWatch(0.01);
    for (let all = {}; ; all = { ...all, ...watch.take() }) {
      if (name in all) return all;
      await sleep(5);
    }
  }

  it('reports the CPU and memory usage of the process', async () => {
    const found = await measured('hardware/memory');
    const resident = process.memoryUsage.rss() / 2 ** 20;
    expect(found['hardware/memory']).to.be.within(resident / 2, resident * 2);
    expect(found['hardware/cpu']).to.be.at.least(0);
  });

  it('reports the usage of each GPU, as its driver does', async () => {
    driver(`[ "$1" = --query-gpu=index,utilization.gpu,memory.used ] && printf '0, 87, 40536\\n1, [N/A], 3\\n'`);
    const found = await measured('hardware/gpu1/memory');
    expect(found).to.include({
      'hardware/gpu0/utilization': 87,
      'hardware/gpu0/memory': 40_536,
      'hardware/gpu1/memory': 3,
    });
    expect(found).not.to.have.property('hardware/gpu1/utilization');
  });

  it('ends at once if the driver hangs', async () => {
    driver(`echo $$ > "${join(folder(), 'pid')}"; exec sleep 600`);
    await measured('hardware/cpu');
    const pid = await writtenTo(join(folder(), 'pid'));
    watch?.close();
    while (existsSync(`/proc/${pid}`)) await sleep(5);
  });

  it('names the GPUs of the machine', async () => {
    driver(`printf 'NVIDIA A100-SXM4-40GB, 40960, 550.54.15\\n'`);
    const { gpus, cpu, memoryMiB } = await describeMachine();
    expect(gpus).to.deep.equal([{ name: 'NVIDIA A100-SXM4-40GB', memoryMiB: 40_960, driver: '550.54.15' }]);
    expect([cpu.count > 0, memoryMiB > 0]).to.deep.equal([true, true]);
  });

  it('names no GPU if there is no driver', async () => {
    process.env['PATH'] = folder();
    expect((await describeMachine()).gpus).to.deep.equal([]);
  });
});

/** What a file holds, once it does. */
async function writtenTo(file: string): Promise<string> {
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await sleep(5);
  return readFileSync(file, 'utf8').trim();
}
