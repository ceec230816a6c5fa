import { ChiefConnection } from '../chief-connection';
import { type Cluster, isChief } from '../cluster';
import { type Connection, type Timeouts, timeoutsFrom } from '../connection';
import { WorkerConnection } from '../worker-connection';
import { Mailbox } from './mailbox';
import type { Mpi } from './mpi';

/** Connects the workers that MPI's launcher has started. @throws UserError if a worker has ended */
export async function rendezvousByMpi(
  cluster: Cluster,
  mpi: Mpi,
  timeouts = timeoutsFrom(process.env),
): Promise<Connection> {
  const mailbox = new Mailbox(mpi);
  if (!isChief(cluster)) return connectToChief(cluster, mailbox, timeouts);
  const connection = new ChiefConnection(cluster, timeouts);
  mailbox.open({
    onMessage: (from, message, channel) => {
      if (message.type === 'hello') connection.accept(from, message.clock, channel);
      else connection.onMessage(from, message);
    },
    onFailure: (reason) => connection.fail(reason),
  });
  await connection.waitForWorkers();
  return connection;
}

function connectToChief(cluster: Cluster, mailbox: Mailbox, timeouts: Timeouts): Connection {
  return new WorkerConnection(cluster, timeouts, (connection) => {
    mailbox.open({
      onMessage: (_, message) => connection.onMessage(message),
      onFailure: (reason) => connection.fail(reason),
    });
    return mailbox.channelTo(0);
  });
}
