import { type Output, type Pointer, bytesIn, call, checked, checkedAsync } from './c-api';
import type { Graph } from './graph';
import { type SessionOptions, configProto } from './session-config';

/** RunOptions of TensorFlow's config.proto: trace_level = 1: FULL_TRACE = 3. */
const FULL_TRACE = Buffer.of(0x08, 3);

/** Receives TensorFlow's record of a run: RunMetadata of its config.proto. */
export type Recorder = (metadata: Buffer) => void;

/** A TensorFlow session: runs parts of a graph, which may grow between runs. */
export class Session {
  private readonly pointer: Pointer;
  /** If set, TensorFlow records each run, which slows it down. */
  recorder: Recorder | undefined;

  constructor(graph: Graph, options: SessionOptions = {}) {
    const native = call<Pointer>('TF_NewSessionOptions');
    const config = configProto(options);
    checked('TF_SetConfig', native, config, config.length);
    if (options.cluster?.server) call('TF_SetTarget', native, options.cluster.server.target);
    this.pointer = checked<Pointer>('TF_NewSession', graph.pointer, native);
    call('TF_DeleteSessionOptions', native);
  }

  /**
   * Runs operations, off the main thread.
   * @param inputs outputs to feed
   * @param values values to feed, borrowed
   * @param targets operations to run without fetching their outputs
   * @returns fetched tensors; the caller deletes them
   */
  async run(
    inputs: readonly Output[],
    values: readonly Pointer[],
    fetches: readonly Output[],
    targets: readonly Pointer[],
  ): Promise<Pointer[]> {
    if (fetches.length + targets.length === 0) return [];
    const fetched = fetches.map(() => null as unknown as Pointer);
    const feeding = [inputs, values, values.length];
    const fetching = [fetches, fetched, fetches.length, targets, targets.length];
    if (this.recorder) await this.record(this.recorder, [...feeding, ...fetching]);
    else await checkedAsync('TF_SessionRun', this.pointer, null, ...feeding, ...fetching, null);
    return fetched;
  }

  private async record(recorder: Recorder, run: readonly unknown[]): Promise<void> {
    const options = call<Pointer>('TF_NewBufferFromString', FULL_TRACE, FULL_TRACE.length);
    const metadata = call<Pointer>('TF_NewBuffer');
    try {
      await checkedAsync('TF_SessionRun', this.pointer, options, ...run, metadata);
      recorder(bytesIn(metadata));
    } finally {
      for (const buffer of [options, metadata]) call('TF_DeleteBuffer', buffer);
    }
  }

  dispose(): void {
    checked('TF_CloseSession', this.pointer);
    checked('TF_DeleteSession', this.pointer);
  }
}
