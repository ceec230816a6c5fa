import { expect } from 'chai';
import sharp from 'sharp';
import { textArtifact } from '../../../framework/artifacts/artifact';
import { type MetricsState, type Scalars, Tracker } from '../../../framework/kinds/tracker';
import { imageGrid } from '../../../plugins/images/render/image-grid';
import { Tracking } from '../../../framework/tracker/tracking';

class Memory extends Tracker {
  readonly saved: [number, Scalars][] = [];
  scalars(step: number, scalars: Scalars): void {
    this.saved.push([step, scalars]);
  }
  flush(): void {
    // Memory is written already.
  }
  close(): void {
    // Nothing is open.
  }
}

function tracked(): { tracking: Tracking; memory: Memory; output: string[] } {
  const lines: string[] = [];
  const [tracking, memory] = [new Tracking((text) => lines.push(text)), new Memory()];
  tracking.use([memory]);
  return { tracking, memory, output: lines };
}

describe('tracking', () => {
  it('averages several values between two saves', () => {
    const { tracking, memory } = tracked();
    for (const loss of [1, 2, 6]) tracking.add('loss', loss);
    tracking.save(3);
    tracking.add('loss', 5);
    tracking.save(4);
    expect(memory.saved).to.deep.equal([
      [3, { loss: 3 }],
      [4, { loss: 5 }],
    ]);
  });

  it('puts a namespace before a name', () => {
    const { tracking, memory } = tracked();
    tracking.namespace('valid').add('loss', 2);
    tracking.save(1);
    expect(memory.saved).to.deep.equal([[1, { 'valid/loss': 2 }]]);
  });

  it('keeps the last of several values that are set, for one save', () => {
    const { tracking, memory } = tracked();
    for (const rate of [1, 2, 6]) tracking.set('rate', rate);
    tracking.save(3);
    tracking.save(4);
    expect(memory.saved).to.deep.equal([[3, { rate: 6 }]]);
  });

  it('passes the graph and profile of a step to trackers that accept them, and creates no graph for others', () => {
    class Shown extends Memory {
      readonly taken: unknown[] = [];
      override graph(definition: Buffer): void {
        this.taken.push(definition.toString());
      }
      override record(step: number, record: Buffer): void {
        this.taken.push([step, record.toString()]);
      }
    }
    const { tracking, memory } = tracked();
    tracking.graph(() => expect.fail('nobody takes it'));
    const shown = new Shown();
    tracking.use([memory, shown]);
    tracking.graph(() => undefined);
    tracking.graph(() => Buffer.from('graph'));
    tracking.record(3, Buffer.from('record'));
    expect(shown.taken).to.deep.equal(['graph', [3, 'record']]);
  });

  it('passes artifacts to the trackers that accept them, and disables one that fails', async () => {
    class Shown extends Memory {
      readonly taken: unknown[] = [];
      override artifact(...args: unknown[]): void {
        this.taken.push(args);
      }
    }
    class Broken extends Memory {
      override artifact(): Promise<void> {
        return Promise.reject(new Error('no space'));
      }
    }
    const { tracking, memory, output } = tracked();
    const [shown, broken] = [new Shown(), new Broken()];
    tracking.use([memory, broken, shown]);
    const text = textArtifact('hello');
    for (const step of [1, 2]) await tracking.artifact(step, 'notes', text, 'a.md');
    expect(shown.taken).to.deep.equal([1, 2].map((step) => [step, 'notes', text, 'a.md']));
    expect(output).to.deep.equal([
      'Broken failed and is disabled for the rest of this process: no space. Training continues.',
    ]);
  });

  it('saves values of a source along with metrics, and not alone', () => {
    const { tracking, memory } = tracked();
    tracking.addSource(() => ({ memory: 7 }));
    tracking.save(1);
    tracking.add('loss', 1);
    tracking.save(2);
    expect(memory.saved).to.deep.equal([[2, { loss: 1, memory: 7 }]]);
  });

  it('completes a mean bit-exactly after its state was saved as JSON and restored', () => {
    const [straight, first, second] = [tracked(), tracked(), tracked()];
    const values = [0.1, 0.2, 0.7, 1e-9, Infinity];
    for (const value of values) straight.tracking.add('loss', value);
    for (const value of values.slice(0, 2)) first.tracking.add('loss', value);
    first.tracking.set('rate', NaN);
    second.tracking.restore(JSON.parse(JSON.stringify(first.tracking.state)) as MetricsState);
    for (const value of values.slice(2)) second.tracking.add('loss', value);
    for (const { tracking } of [straight, second]) tracking.save(5);
    expect(second.memory.saved).to.deep.equal([[5, { ...straight.memory.saved[0]?.[1], rate: NaN }]]);
  });

  it('saves nothing if nothing was added', () => {
    const { tracking, memory } = tracked();
    tracking.save(1);
    expect(memory.saved).to.deep.equal([]);
  });
});

describe('a grid of images', () => {
  it('is about square, row by row, with small images enlarged', async () => {
    // Three grey images of 2×2 pixels, of one grey each: two columns of cells of 64 pixels, a gap of 2 between them.
    const pixels = Uint8Array.from([10, 20, 30].flatMap((grey) => [grey, grey, grey, grey]));
    const { content: png, width, height } = await imageGrid(pixels, [2, 2, 1]);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
    expect([width, height, info.width, info.height]).to.deep.equal([130, 130, 130, 130]);
    expect([at(0, 0), at(63, 63), at(64, 0), at(66, 0), at(0, 66), at(129, 129)]).to.deep.equal([
      10, 10, 255, 20, 30, 255,
    ]);
  });

  it('keeps colours', async () => {
    const { content: png } = await imageGrid(Uint8Array.of(200, 100, 50), [1, 1, 3]);
    const [red, green, blue] = await sharp(png).raw().toBuffer();
    expect([red, green, blue]).to.deep.equal([200, 100, 50]);
  });
});
