import { expect } from 'chai';
import { Monitor } from '../../../framework/monitor/monitor';
import { PlainDisplay } from '../../../framework/monitor/plain-display';
import { ScreenTracker } from '../../../plugins/trackers/screen';

describe('the screen', () => {
  it('shows training metrics, and not hardware metrics', () => {
    const lines: string[] = [];
    const monitor = new Monitor(new PlainDisplay({ write: (text: string) => lines.push(text) }));
    for (const _ of monitor.loop(1))
      new ScreenTracker(monitor).scalars(1, { loss: 0.5, 'valid/loss': 2, 'hardware/cpu': 99 });
    expect(lines.join(''))
      .to.match(/loss 0\.5000 {2}valid\/loss 2\.000/)
      .and.not.contain('hardware');
  });
});
