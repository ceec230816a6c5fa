import type { Server, Socket } from 'node:net';
import type { ChiefConnection } from '../chief-connection';
import { workerName } from '../cluster';
import type { Message } from '../message';
import { proveSecret } from './handshake';
import { LineSocket } from './line-socket';

/** Accepts workers on the chief: each proves that it knows the secret and identifies itself. */
export class WorkerAcceptor {
  /** Connections that have not been identified as a worker's. */
  private readonly unidentified = new Set<Socket>();
  private hasRejected = false;

  /**
   * @param server listens at the chief's address
   * @param secret secret that workers must know
   */
  constructor(
    private readonly connection: ChiefConnection,
    private readonly server: Server,
    private readonly secret: string,
  ) {
    server.on('connection', (socket) => void this.receive(socket));
  }

  /** Stops listening. */
  close(): void {
    this.server.close();
    for (const socket of this.unidentified) socket.destroy();
  }

  /** A possible reason for missing workers; empty if unknown. */
  get hint(): string {
    return this.hasRejected
      ? ' A connection did not prove that it has the secret: check that all workers have the same one.'
      : '';
  }

  private async receive(socket: Socket): Promise<void> {
    this.unidentified.add(socket);
    socket.once('close', () => this.unidentified.delete(socket));
    if (!(await proveSecret(socket, this.secret, 'chief'))) {
      this.hasRejected = true;
      return;
    }
    let index: number | undefined;
    const line = new LineSocket(
      socket,
      (message) => {
        if (index !== undefined) {
          this.connection.onMessage(index, message);
          return;
        }
        index = this.admit(message, line);
        if (index === undefined) line.close();
        else this.unidentified.delete(socket);
      },
      () => index !== undefined && this.connection.onClose(index),
    );
  }

  /** @returns the number of the worker that has identified itself; undefined if it is refused */
  private admit(message: Message, line: LineSocket): number | undefined {
    if (message.type !== 'hello') return undefined;
    const { index, addresses, clock } = message;
    const refusal = this.refusalOf(index, addresses);
    if (refusal !== undefined) {
      line.send({ type: 'end', reason: refusal });
      this.connection.fail(refusal);
      return undefined;
    }
    this.connection.accept(index, clock, line);
    return index;
  }

  private refusalOf(index: number, addresses: readonly string[]): string | undefined {
    const { cluster } = this.connection;
    const own = cluster.addresses;
    if (addresses.join() !== own.join()) {
      return `The workers disagree on the cluster: worker ${index} has ${addresses.join(', ')}; the chief has ${own.join(', ')}.`;
    }
    if (index <= 0 || index >= own.length) return `Two processes claim to be worker ${index}.`;
    return this.connection.isAccepted(index) ? `Two processes claim to be ${workerName(cluster, index)}.` : undefined;
  }
}
