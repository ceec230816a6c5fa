import { type Output, type Pointer, call, checked, checkedAsync } from './c-api';
import type { Graph } from './graph';

/** How a session runs its graph. */
export interface SessionOptions {
  /** Threads within an op, and ops at once; TensorFlow's own choice where it is left out. */
  readonly threads?: number | undefined;
  /** Whether XLA compiles clusters of ops. TF_XLA_FLAGS must have been set before TensorFlow was loaded. */
  readonly xla?: boolean;
}

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

/** TensorFlow's ConfigProto, as far as it is used here. */
function configProto({ threads, xla = false }: SessionOptions): Buffer {
  const bytes: number[] = [];
  // intra_op_parallelism_threads = 2, inter_op_parallelism_threads = 5
  if (threads !== undefined) bytes.push(0x10, threads, 0x28, threads);
  // graph_options = 10 { optimizer_options = 3 { global_jit_level = 5: ON_2 = 2 } }
  if (xla) bytes.push(0x52, 4, 0x1a, 2, 0x28, 2);
  return Buffer.from(bytes);
}
