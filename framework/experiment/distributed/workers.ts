import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isChief, workerName } from '../../cluster/cluster';
import { type Connection, WorkerFailed } from '../../cluster/connection';
import { resumeHint } from '../../cluster/faults';
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

/** Seconds that the word of what has failed may come after TensorFlow's own. */
const FAILURE_NOTICE_GRACE_SECONDS = 5;

/** The workers that train one run together, as one of them sees them. Each has its share of every batch. */
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

  /** What puts the numbers of all workers together. */
  get collective(): Collective {
    return this.exchange.collective;
  }

  /** How this worker's sessions run. */
  get cluster(): ClusterOptions {
    return this.exchange.cluster;
  }

  get count(): number {
    return this.connection.cluster.addresses.length;
  }

  get index(): number {
    return this.connection.cluster.index;
  }

  /** Whether this is the worker that writes the run. */
  get isChief(): boolean {
    return isChief(this.connection.cluster);
  }

  /** Whether all have agreed to stop after the step that was last done. */
  get stopping(): boolean {
    return this.isStopping;
  }

  /** All have agreed to stop. */
  stopTogether(): void {
    this.isStopping = true;
  }

  /** Whether this worker has been asked to stop. */
  get isAsked(): boolean {
    return this.stop.isRequestedHere;
  }

  /** This worker's share of a batch. @param examples how many the share has */
  shardOf(examples: number): ShardRange {
    return { examples, first: this.index * examples };
  }

  /** Does work that needs the others. @throws UserError saying which has failed, rather than what TensorFlow makes of it */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.connection.guard(work);
    } catch (error) {
      // That all find at once.
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

  /** Computes a step, which all do together. @throws UserError as `during` */
  async step<T>(work: Promise<T>): Promise<T> {
    this.connection.isStepping = true;
    try {
      return await this.guard(work);
    } finally {
      this.connection.isStepping = false;
    }
  }

  /** Gives every worker what the chief has. */
  async broadcastVariables(engine: Engine, variables: readonly Variable[]): Promise<void> {
    const program = engine.program('share', () => {
      const own = variables.map(({ value }) => (this.isChief ? value : tf.zerosLike(value)));
      for (const [index, sum] of this.collective.allReduceSum(own).entries()) variables[index]?.assign(sum);
      return [];
    });
    await this.guard(program.run());
  }

  /** The chief's value of something. */
  broadcast<T>(name: string, value: T): Promise<T> {
    return this.connection.gather(name, value, ([first]) => first as T);
  }

  /** Tells all which folder the run has. @param path the chief's; the others leave it out @returns the chief's */
  async shareFolder(path = ''): Promise<string> {
    this.folder = await this.broadcast('folder', path);
    return this.folder;
  }

  /** @throws UserError naming the first worker whose parameters are not the chief's */
  async checkEqual(engine: Engine, variables: readonly Variable[], step: number): Promise<void> {
    const sum = await this.guard(checksumOf(engine, variables));
    await this.compare(`parameters after step ${step}`, sum, (name) => ({
      message: `The parameters of ${name} are not those of the chief after step ${step}.`,
      hint: 'The machines do not compute alike: is a processor, a GPU or its driver of another kind, or faulty?',
    }));
  }

  /** @throws UserError naming the first worker that has another number of images to train on than the chief */
  async checkImages(count: number): Promise<void> {
    await this.compare('images', count, (name, other) => ({
      message: `${name} has ${other} images to train on, and the chief has ${count}.`,
      hint: 'Every worker reads its share from the same dataset: give each the whole of it.',
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
