import { type Output, type Pointer, call, checked, checkedAsync } from './c-api';
import type { Graph } from './graph';
import { type SessionOptions, configProto } from './session-config';

/** A session of TensorFlow's: it runs parts of a graph, which may grow between two runs. */
export class Session {
  private readonly pointer: Pointer;

  constructor(graph: Graph, options: SessionOptions = {}) {
    const native = call<Pointer>('TF_NewSessionOptions');
    const config = configProto(options);
    checked('TF_SetConfig', native, config, config.length);
    this.pointer = checked<Pointer>('TF_NewSession', graph.pointer, native);
    call('TF_DeleteSessionOptions', native);
  }

  /**
   * Runs operations, off the main thread.
   * @param inputs what is fed, and the values that it is fed with, borrowed
   * @param targets operations to be run though nothing is fetched from them
   * @returns what was fetched, to be deleted by the caller
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
    const fetching = [fetches, fetched, fetches.length];
    await checkedAsync('TF_SessionRun', this.pointer, null, ...feeding, ...fetching, targets, targets.length, null);
    return fetched;
  }

  dispose(): void {
    checked('TF_CloseSession', this.pointer);
    checked('TF_DeleteSession', this.pointer);
  }
}
