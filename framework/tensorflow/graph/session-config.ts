import { parse } from 'protobufjs';

/** The number format that products and convolutions are computed in; parameters and sums stay float32. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

/** How a session runs its graph. */
export interface SessionOptions {
  /** Threads within an op, and ops at once; TensorFlow's own choice where it is left out. */
  readonly threads?: number | undefined;
  /** Whether XLA compiles clusters of ops. TF_XLA_FLAGS must have been set before TensorFlow was loaded. */
  readonly xla?: boolean;
  readonly precision?: Precision;
  /** Where the session is one of several workers'. */
  readonly cluster?: ClusterOptions | undefined;
}

/** A session's place among workers. */
export interface ClusterOptions {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** Where workers exchange numbers by TensorFlow's servers. */
  readonly server?: ServerOptions;
}

/** A session on TensorFlow's server of this process. */
export interface ServerOptions {
  /** What the session runs on. */
  readonly target: string;
  /** Whether workers exchange numbers between GPUs. */
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

/** What TensorFlow calls all workers together. */
export const JOB = 'worker';

/** global_jit_level's ON_2: whatever XLA can compile. */
const CLUSTERED = 2;

const REWRITES: Readonly<Record<Precision, object>> = {
  float32: {},
  bfloat16: { autoMixedPrecisionOnednnBfloat16: 'ON' },
  float16: { autoMixedPrecision: 'ON' },
};

/** TensorFlow's ConfigProto, encoded. What has no kernel for a GPU runs on the CPU. */
export function configProto({ threads, xla = false, precision = 'float32', cluster }: SessionOptions): Uint8Array {
  const config = ConfigProto.fromObject({
    ...(threads !== undefined && {
      intraOpParallelismThreads: threads,
      // One thread alone would go down the whole backward pass before it came to the gradients of parameters, and all of them
      // would travel at the end.
      interOpParallelismThreads: cluster ? Math.max(2, threads) : threads,
    }),
    allowSoftPlacement: true,
    graphOptions: {
      ...(xla && { optimizerOptions: { globalJitLevel: CLUSTERED } }),
      rewriteOptions: REWRITES[precision],
    },
    ...(cluster?.server && onServer(cluster.index, cluster.server)),
  });
  return ConfigProto.encode(config).finish();
}

/** Every operation is on a device of this worker's; the first worker numbers the steps in which workers exchange numbers. */
function onServer(index: number, { gpu }: ServerOptions): object {
  return {
    deviceFilters: [`/job:${JOB}/task:${index}`],
    experimental: { collectiveGroupLeader: `/job:${JOB}/replica:0/task:0`, collectiveNccl: gpu },
  };
}
