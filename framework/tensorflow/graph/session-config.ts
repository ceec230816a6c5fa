import { parse } from 'protobufjs';

/** Number format of products and convolutions; parameters and sums are float32. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

/** Options of a session. */
export interface SessionOptions {
  /** Threads within an op, and concurrent ops; by default TensorFlow's choice. */
  readonly threads?: number | undefined;
  /** Whether XLA compiles clusters of ops. TF_XLA_FLAGS must be set before TensorFlow is loaded. */
  readonly xla?: boolean;
  readonly precision?: Precision;
  /** Set if the session belongs to one of several workers. */
  readonly cluster?: ClusterOptions | undefined;
}

/** Worker that a session belongs to. */
export interface ClusterOptions {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** Set if workers exchange tensors through TensorFlow's servers. */
  readonly server?: ServerOptions;
}

/** A session on TensorFlow's server of this process. */
export interface ServerOptions {
  /** Target of the session. */
  readonly target: string;
  /** Whether workers exchange tensors between GPUs. */
  readonly gpu: boolean;
}

/** The part of TensorFlow's config.proto and rewriter_config.proto that is used here. */
const ConfigProto = parse(`
  syntax = "proto3";
  enum Toggle { DEFAULT = 0; ON = 1; OFF = 2; }
  message RewriterConfig {
    Toggle auto_mixed_precision = 23;
    Toggle auto_mixed_precision_onednn_bfloat16 = 31;
  }
  message OptimizerOptions { int32 global_jit_level = 5; }
  message GraphOptions { OptimizerOptions optimizer_options = 3; RewriterConfig rewrite_options = 10; }
  message Experimental { string collective_group_leader = 1; bool collective_nccl = 7; }
  message ConfigProto {
    int32 intra_op_parallelism_threads = 2;
    repeated string device_filters = 4;
    int32 inter_op_parallelism_threads = 5;
    bool allow_soft_placement = 7;
    GraphOptions graph_options = 10;
    Experimental experimental = 16;
  }
`).root.lookupType('ConfigProto');

/** TensorFlow's job name of all workers. */
export const JOB = 'worker';

/** global_jit_level's ON_2: everything that XLA can compile. */
const JIT_LEVEL_ON_2 = 2;

const REWRITES: Readonly<Record<Precision, object>> = {
  float32: {},
  bfloat16: { autoMixedPrecisionOnednnBfloat16: 'ON' },
  float16: { autoMixedPrecision: 'ON' },
};

/** Encoded ConfigProto of TensorFlow. Operations without a GPU kernel run on the CPU. */
export function configProto({ threads, xla = false, precision = 'float32', cluster }: SessionOptions): Uint8Array {
  const config = ConfigProto.fromObject({
    ...(threads !== undefined && {
      intraOpParallelismThreads: threads,
      // A single thread would run the whole backward pass before the gradients of parameters, and would send all of them
      // at the end.
      interOpParallelismThreads: cluster ? Math.max(2, threads) : threads,
    }),
    allowSoftPlacement: true,
    graphOptions: {
      ...(xla && { optimizerOptions: { globalJitLevel: JIT_LEVEL_ON_2 } }),
      rewriteOptions: REWRITES[precision],
    },
    ...(cluster?.server && onServer(cluster.index, cluster.server)),
  });
  return ConfigProto.encode(config).finish();
}

/** Places every operation on a device of this worker; the first worker numbers the steps of collective operations. */
function onServer(index: number, { gpu }: ServerOptions): object {
  return {
    deviceFilters: [`/job:${JOB}/task:${index}`],
    experimental: { collectiveGroupLeader: `/job:${JOB}/replica:0/task:0`, collectiveNccl: gpu },
  };
}
