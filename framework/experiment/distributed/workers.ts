import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isChief, workerName } from '../../cluster/cluster';
import { type Connection, WorkerFailed } from '../../cluster/connection';
import { resumeHint } from '../../cluster/failure-messages';
import { UserError } from '../../errors';
import type { ShardRange } from '../../random/random';
import type { Engine } from '../../tensorflow/engine';
import { checksumOf } from '../../tensorflow/distributed/checksum';
import type { Collective } from '../../tensorflow/distributed/collective';
import { isNotFinite } from '../../tensorflow/finite';
import type { ClusterOptions } from '../../tensorflow/graph/session-config';
import * as tf from '../../tensorflow/tf';
import type { Variable } from '../../tensorflow/variable';
import type { Exchange } from './exchange';
import type { StopSignal } from '../lifecycle/stop-signal';

/** Time to wait for a worker's failure report after TensorFlow reports an error. */
const FAILURE_NOTICE_GRACE_SECONDS = 5;

/** The workers that train one run together, as seen by one of them. Each has its share of every batch. */
export class Workers {
  private folder: string | undefined;
  private isStopping = false;

  constructor(
    private readonly connection: Connection,
    private readonly exchange: Exchange,
    private readonly stop: StopSignal,
  ) {
    stop.workers = this;
  }

  /** Collective operations between the workers. */
  get collective(): Collective {
    return this.exchange.collective;
  }

  /** Session options of this worker. */
  get cluster(): ClusterOptions {
    return this.exchange.cluster;
  }

  get count(): number {
    return this.connection.cluster.addresses.length;
  }

  get index(): number {
    return this.connection.cluster.index;
  }

  /** True for the worker that writes the run. */
  get isChief(): boolean {
    return isChief(this.connection.cluster);
  }

  /** True once all workers stop after the last completed step. */
  get stopping(): boolean {
    return this.isStopping;
  }

  /** Called on every worker when all stop after the same step. */
  stopTogether(): void {
    this.isStopping = true;
  }

  /** True if this worker requests that all stop. */
  get isStopRequestedHere(): boolean {
    return this.stop.isDueHere;
  }

  /** This worker's share of a batch. @param examples number of examples in the share */
  shardOf(examples: number): ShardRange {
    return { examples, first: this.index * examples };
  }

  /** Awaits work that needs the other workers. @throws UserError naming the worker that failed, instead of TensorFlow's error */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.connection.guard(work);
    } catch (error) {
      // All workers detect this at the same step.
      if (isNotFinite(error)) throw error;
      if (!(error instanceof UserError))
        await this.connection.guard(sleep(FAILURE_NOTICE_GRACE_SECONDS * 1000)).catch(() => undefined);
      const { failed } = this.connection;
      if (!failed) throw error;
      throw new WorkerFailed(failed.message, {
        hints: this.folder === undefined ? [] : [resumeHint(basename(this.folder))],
        cause: error,
      });
    }
  }

  /** Awaits a step, which all workers compute together. @throws UserError as `guard` */
  async step<T>(work: Promise<T>): Promise<T> {
    this.connection.isStepping = true;
    try {
      return await this.guard(work);
    } finally {
      this.connection.isStepping = false;
    }
  }

  /** Assigns the chief's values to the variables of every worker. */
  async broadcastVariables(engine: Engine, variables: readonly Variable[]): Promise<void> {
    const program = engine.program('share', () => {
      const own = variables.map(({ value }) => (this.isChief ? value : tf.zerosLike(value)));
      for (const [index, sum] of this.collective.allReduceSum(own).entries()) variables[index]?.assign(sum);
      return [];
    });
    await this.guard(program.run());
  }

  /** Broadcasts the chief's value. */
  broadcast<T>(name: string, value: T): Promise<T> {
    return this.connection.gather(name, value, ([first]) => first as T);
  }

  /** Broadcasts the run's folder. @param path on the chief only @returns the chief's path */
  async shareFolder(path = ''): Promise<string> {
    this.folder = await this.broadcast('folder', path);
    return this.folder;
  }

  /** @throws UserError naming the first worker whose parameters or buffers differ from the chief's */
  async checkEqual(engine: Engine, variables: readonly Variable[], step: number): Promise<void> {
    const sum = await this.guard(checksumOf(engine, variables));
    await this.compare(`parameters after step ${step}`, sum, (name) => ({
      message: `The parameters of ${name} differ from the chief's after step ${step}.`,
      hint: 'The machines compute different results: check for a different or faulty processor, GPU or GPU driver.',
    }));
  }

  /** @throws UserError naming the first worker whose number of training examples differs from the chief's */
  async checkExamples(count: number): Promise<void> {
    await this.compare('examples', count, (name, other) => ({
      message: `${name} has ${other} examples to train on, but the chief has ${count}.`,
      hint: 'Every worker reads its share of the same dataset: give each the complete dataset.',
    }));
  }

  private async compare(
    what: string,
    value: number,
    mistake: (name: string, other: number | undefined) => { message: string; hint: string },
  ): Promise<void> {
    await this.connection.gather(what, value, (values) => {
      const different = values.findIndex((other) => other !== value);
      if (different < 0) return null;
      const { message, hint } = mistake(workerName(this.connection.cluster, different), values[different]);
      throw new UserError(message, { hints: [hint] });
    });
  }
}
