import { expect } from 'chai';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import { chromeTrace } from '../../../../framework/tensorflow/profile/chrome-trace';
import { type OperationRun, operationRuns } from '../../../../framework/tensorflow/profile/run-metadata';
import { spanInMilliseconds, summary } from '../../../../framework/tensorflow/profile/summary';
import * as tf from '../../../../framework/tensorflow/tf';
import { withTensorFlow } from '../../../support/tensorflow';

const ran = (name: string, type: string, device: string, start: number, duration: number): OperationRun => ({
  ...{ name, type, device, start, duration },
});

const RUNS = [
  ran('a', 'MatMul', 'cpu', 0, 2000),
  ran('b', 'Add', 'cpu', 500, 1000),
  ran('c', 'MatMul', 'gpu', 600, 4000),
  ran('d', 'Add', 'cpu', 1500, 1000),
];

describe('the record of a step', () => {
  withTensorFlow();
  let engine: GraphEngine;
  beforeEach(() => {
    engine = new GraphEngine({});
  });
  afterEach(() => engine.close());

  it('has each operation with its type, start time and duration', async () => {
    const program = engine.program('step', (x) => [tf.matMul(x, x), tf.softmax(x)]);
    const x = tf.ones<tf.Rank.R2>([200, 200]);
    await program.run(x);
    const stop = engine.record();
    await program.run(x);
    const runs = stop().flatMap(operationRuns);
    const product = runs.find(({ type }) => type.endsWith('MatMul'));
    expect(product?.name).to.match(/^step.*MatMul/);
    expect(product?.device).to.match(/device:CPU:0$/);
    expect(product?.duration).to.be.above(0);
    expect(runs.map(({ type }) => type).filter((type) => type.endsWith('Softmax'))).to.have.length(1);
    expect(runs.map(({ start }) => start)).to.deep.equal(runs.map(({ start }) => start).sort((a, b) => a - b));
    expect(runs[0]?.start).to.equal(0);
  });

  it('ends when it is stopped, with one for each call of TensorFlow', async () => {
    const program = engine.program('step', (x) => [tf.square(x)]);
    const stop = engine.record();
    for (let time = 0; time < 2; time++) await program.run(tf.ones([2]));
    expect(stop()).to.have.length(2);
    await program.run(tf.ones([2]));
    expect(stop()).to.have.length(2);
  });
});

describe('a timeline', () => {
  it('has a group of rows for each device, with a row for each concurrent operation', () => {
    expect(chromeTrace(RUNS).traceEvents).to.deep.equal([
      { ph: 'M', name: 'process_name', pid: 0, args: { name: 'cpu' } },
      { ph: 'M', name: 'process_name', pid: 1, args: { name: 'gpu' } },
      { ph: 'X', name: 'MatMul', pid: 0, tid: 0, ts: 0, dur: 2000, args: { name: 'a' } },
      { ph: 'X', name: 'Add', pid: 0, tid: 1, ts: 500, dur: 1000, args: { name: 'b' } },
      { ph: 'X', name: 'Add', pid: 0, tid: 1, ts: 1500, dur: 1000, args: { name: 'd' } },
      { ph: 'X', name: 'MatMul', pid: 1, tid: 0, ts: 600, dur: 4000, args: { name: 'c' } },
    ]);
  });
});

describe('the summary of a step', () => {
  it('has count, time and share of each type, longest first', () => {
    expect(summary(RUNS).map((line) => line.split(/ {2,}/))).to.deep.equal([
      ['operation', 'count', 'ms', 'share'],
      ['MatMul', '2', '6.00', '75.0 %'],
      ['Add', '2', '2.00', '25.0 %'],
      ['all', '4', '8.00', '100.0 %'],
    ]);
  });

  it('groups types that take little time', () => {
    const many = Array.from({ length: 20 }, (_, index) => ran('x', `Type${index}`, 'cpu', 0, 20_000 - index * 1000));
    const lines = summary(many);
    expect(lines).to.have.length(18);
    // 5 + 4 + 3 + 2 + 1 of 20 + 19 + ... + 1 = 210
    expect(lines.at(-2)).to.match(/^5 other types +5 +15\.00 +7\.1 %$/);
  });

  it('spans from the start of the first operation to the end of the last', () => {
    expect(spanInMilliseconds(RUNS)).to.equal(4.6);
    expect(spanInMilliseconds([])).to.equal(0);
  });
});
