import { parse } from 'protobufjs';
import { messageOf } from '../../errors';
import { type Pointer, call, checked } from '../graph/c-api';
import { JOB, type SessionOptions, configProto } from '../graph/session-config';

/** The part of TensorFlow's tensorflow_server.proto and cluster.proto that is used here. */
const ServerDef = parse(`
  syntax = "proto3";
  message JobDef { string name = 1; map<int32, string> tasks = 2; }
  message ClusterDef { repeated JobDef job = 1; }
  message ServerDef {
    ClusterDef cluster = 1;
    string job_name = 2;
    int32 task_index = 3;
    bytes default_session_config = 4;
    string protocol = 5;
  }
`).root.lookupType('ServerDef');

/** Addresses of all workers and the number of this one. */
export interface ServerOptions {
  /** Address of each worker's server, `host:port`, in worker order. */
  readonly addresses: readonly string[];
  /** The number of this worker, from 0. */
  readonly index: number;
}

/**
 * Starts TensorFlow's server in this process, for exchanging tensors with the other workers. It cannot be stopped: it lives as long
 * as the process. TensorFlow must be loaded.
 * @returns the target of sessions that run on it
 * @throws Error if it cannot listen
 */
export function startServer({ addresses, index }: ServerOptions, options: SessionOptions): string {
  const tasks = Object.fromEntries(addresses.map((address, number) => [number, address]));
  const definition = ServerDef.encode({
    cluster: { job: [{ name: JOB, tasks }] },
    jobName: JOB,
    taskIndex: index,
    defaultSessionConfig: configProto(options),
    protocol: 'grpc',
  }).finish();
  try {
    const server = checked<Pointer>('TF_NewServer', definition, definition.length);
    checked('TF_ServerStart', server);
    return call<string>('TF_ServerTarget', server);
  } catch (error) {
    const address = addresses[index] ?? '';
    throw new Error(`TensorFlow's server cannot listen on ${address}: ${messageOf(error)}`, { cause: error });
  }
}
