import { ChiefConnection } from '../chief-connection';
import { type Cluster, isChief } from '../cluster';
import { type Connection, type Timeouts, timeoutsFrom } from '../connection';
import { WorkerConnection } from '../worker-connection';
import { Mail } from './mail';
import type { Mpi } from './mpi';

/** Brings the workers together that MPI's launcher has started. @throws UserError where one is there no more */
export async function rendezvousByMpi(
  cluster: Cluster,
  mpi: Mpi,
  patience = timeoutsFrom(process.env),
): Promise<Connection> {
  const mail = new Mail(mpi);
  if (!isChief(cluster)) return followChief(cluster, mail, patience);
  const connection = new ChiefConnection(cluster, patience);
  mail.open({
    onMessage: (from, message, channel) => {
      if (message.type === 'hello') connection.accept(from, message.clock, channel);
      else connection.onMessage(from, message);
    },
    onFailure: (why) => connection.fail(why),
  });
  await connection.meet();
  return connection;
}

function followChief(cluster: Cluster, mail: Mail, patience: Timeouts): Connection {
  return new WorkerConnection(cluster, patience, (connection) => {
    mail.open({
      onMessage: (_, message) => connection.onMessage(message),
      onFailure: (why) => connection.fail(why),
    });
    return mail.channelTo(0);
  });
}
