import { expect } from 'chai';
import { duration } from '../../../framework/util/format';
import { Monitor } from '../../../framework/monitor/monitor';
import { PlainDisplay } from '../../../framework/monitor/plain-display';
import { rejection } from '../../support/rejection';

/** A monitor and the lines that it prints. */
function monitored(): { monitor: Monitor; lines: string[] } {
  const lines: string[] = [];
  const display = new PlainDisplay({ write: (text: string) => lines.push(text.trimEnd()) });
  return { monitor: new Monitor(display), lines };
}

describe('a duration', () => {
  const cases: [number, string][] = [
    [0.123, '0.12 s'],
    [0.999, '1.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1:00'],
    [187, '3:07'],
    [3729, '1:02:09'],
  ];
  for (const [seconds, text] of cases)
    it(`of ${seconds} seconds is printed as ${text}`, () => expect(duration(seconds)).to.equal(text));
});

describe('a monitor', () => {
  it('prints how long a section took, and returns its result', async () => {
    const { monitor, lines } = monitored();
    expect(await monitor.section('Prepare', () => 7)).to.equal(7);
    expect(lines.join()).to.match(/^Prepare \.\.\. 0\.\d\d s$/);
  });

  it('reports a section that failed, and rethrows the error', async () => {
    const { monitor, lines } = monitored();
    expect(await rejection(monitor.section('Prepare', () => Promise.reject(new Error('no'))))).to.have.property(
      'message',
      'no',
    );
    expect(lines.join()).to.match(/^Prepare \.\.\. failed after /);
  });

  it('passes items on in their order', async () => {
    const items: number[] = [];
    for await (const item of monitored().monitor.iterate('Train', [3, 1, 2], 3)) items.push(item);
    expect(items).to.deep.equal([3, 1, 2]);
  });

  it('shows the bar of the outer iteration again after a nested one', async () => {
    const shown: string[] = [];
    const start = (name: string, total: number, done = 0) => void shown.push(`${name} ${done}/${total}`);
    const nothing = () => undefined;
    const monitor = new Monitor({ start, line: nothing, update: nothing, stop: nothing });
    for await (const item of monitor.iterate('Train', [1, 2, 3], 3))
      if (item === 2) for await (const _ of monitor.iterate('Evaluate', [1], 1));
    expect(shown).to.deep.equal(['Train 0/3', 'Evaluate 0/1', 'Train 1/3']);
  });

  it('closes its source when the consumer leaves the loop', async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield await Promise.resolve(1);
      } finally {
        ended = true;
      }
    }
    for await (const item of monitored().monitor.iterate('Train', endless(), 9)) if (item === 1) break;
    expect(ended).to.equal(true);
  });

  it('prints after each epoch the logged metrics and the remaining time', () => {
    const { monitor, lines } = monitored();
    for (const epoch of monitor.loop(3, 1)) monitor.note({ loss: 0.5 / (epoch + 1) });
    expect(lines.map((line) => line.replace(/\d\.\d+ s/g, '#'))).to.deep.equal([
      'epoch 2/3  loss 0.2500  #  # left',
      'epoch 3/3  loss 0.1667  #  # left',
    ]);
  });

  it('estimates the remaining time from the fraction of the work that is done', () => {
    const { monitor, lines } = monitored();
    const now = performance.now.bind(performance);
    const [seconds, shares] = [
      [100, 100, 110, 110, 190],
      [0.1, 0.3, 1],
    ];
    performance.now = () => 1000 * seconds.shift()!;
    try {
      for (const epoch of monitor.loop(20, 4, () => shares[0]!)) {
        shares.shift();
        if (epoch === 5) break;
      }
    } finally {
      performance.now = now;
    }
    // A fifth in 10 s: the seven tenths that are left take 35 s.
    expect(lines).to.deep.equal(['epoch 5/20  10 s  35 s left']);
  });

  it('estimates the remaining time although the clock is set back an hour', () => {
    const { monitor, lines } = monitored();
    const { now } = Date;
    try {
      for (const epoch of monitor.loop(3, 0)) Date.now = () => now() - 3_600_000 * (epoch + 1);
    } finally {
      Date.now = now;
    }
    for (const line of lines) expect(line).to.match(/^epoch \d\/3 {2}\d\.\d+ s {2}\d\.\d+ s left$/);
    expect(lines).to.have.length(3);
  });
});
