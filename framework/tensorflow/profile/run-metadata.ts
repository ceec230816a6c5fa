import { parse } from 'protobufjs';

/** The part of TensorFlow's config.proto and step_stats.proto that tells when each operation ran. */
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
  /** Since 1970: more digits than a number has. */
  readonly allStartNanos: bigint;
  readonly opStartRelNanos: bigint;
  readonly opEndRelNanos: bigint;
}

interface Decoded {
  readonly stepStats?: { readonly devStats: readonly { device: string; nodeStats: readonly NodeStats[] }[] };
}

/** When an operation of a graph ran. */
export interface OperationRun {
  /** Its name in the graph; where XLA or a rewrite of TensorFlow's made it, the name that they gave it. */
  readonly name: string;
  readonly type: string;
  /** `/job:localhost/replica:0/task:0/device:CPU:0`, and the like. */
  readonly device: string;
  /** Microseconds since the first one began. */
  readonly start: number;
  /** In microseconds. */
  readonly duration: number;
}

/** @param metadata a RunMetadata of TensorFlow's config.proto @returns what ran, the earliest first */
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

/** A label is `name = Type(inputs)` where an executor ran the operation; on a stream of a GPU the name is `name:Type`. */
function typeOf({ nodeName, timelineLabel }: NodeStats): string {
  return / = (\w+)\(/.exec(timelineLabel)?.[1] ?? nodeName.split(':').at(-1) ?? nodeName;
}
