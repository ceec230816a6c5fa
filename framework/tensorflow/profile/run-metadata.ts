import { parse } from 'protobufjs';

/** The part of TensorFlow's config.proto and step_stats.proto with the times of operations. */
const RunMetadata = parse(`
  syntax = "proto3";
  message NodeExecStats {
    string node_name = 1;
    string timeline_label = 8;
    int64 all_start_nanos = 13;
    int64 op_start_rel_nanos = 14;
    int64 op_end_rel_nanos = 15;
  }
  message DeviceStepStats { string device = 1; repeated NodeExecStats node_stats = 2; }
  message StepStats { repeated DeviceStepStats dev_stats = 1; }
  message RunMetadata { StepStats step_stats = 1; }
`).root.lookupType('RunMetadata');

interface NodeStats {
  readonly nodeName: string;
  readonly timelineLabel: string;
  /** Since 1970: exceeds the precision of a number. */
  readonly allStartNanos: bigint;
  readonly opStartRelNanos: bigint;
  readonly opEndRelNanos: bigint;
}

interface Decoded {
  readonly stepStats?: { readonly devStats: readonly { device: string; nodeStats: readonly NodeStats[] }[] };
}

/** One execution of a graph's operation. */
export interface OperationRun {
  /** Name in the graph, or the name given by XLA or a graph rewrite. */
  readonly name: string;
  readonly type: string;
  /** `/job:localhost/replica:0/task:0/device:CPU:0`, for example. */
  readonly device: string;
  /** Microseconds since the start of the first operation. */
  readonly start: number;
  /** In microseconds. */
  readonly duration: number;
}

/** @param metadata a RunMetadata of TensorFlow's config.proto @returns executions, earliest first */
export function operationRuns(metadata: Uint8Array): OperationRun[] {
  const { stepStats } = RunMetadata.toObject(RunMetadata.decode(metadata), {
    longs: BigInt,
    defaults: true,
  }) as Decoded;
  const nodes = (stepStats?.devStats ?? []).flatMap(({ device, nodeStats }) =>
    nodeStats.map((stats) => ({ device, stats, startedAt: stats.allStartNanos + stats.opStartRelNanos })),
  );
  nodes.sort((a, b) => Number(a.startedAt - b.startedAt));
  const origin = nodes[0]?.startedAt ?? 0n;
  return nodes.map(({ device, stats, startedAt }) => ({
    name: stats.nodeName,
    type: typeOf(stats),
    device,
    start: Number(startedAt - origin) / 1000,
    duration: Number(stats.opEndRelNanos - stats.opStartRelNanos) / 1000,
  }));
}

/** A label is `name = Type(inputs)` for an operation run by an executor; on a GPU stream the name is `name:Type`. */
function typeOf({ nodeName, timelineLabel }: NodeStats): string {
  return / = (\w+)\(/.exec(timelineLabel)?.[1] ?? nodeName.split(':').at(-1) ?? nodeName;
}
