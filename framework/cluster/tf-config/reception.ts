import type { Server, Socket } from 'node:net';
import type { ChiefConnection } from '../chief-connection';
import { workerName } from '../cluster';
import type { Message } from '../message';
import { proveSecret } from './handshake';
import { LineSocket } from './line-socket';

/** Where workers come to the chief: each proves that it knows the secret, and says who it is. */
export class Reception {
  /** Connections that are not a worker's, or not yet. */
  private readonly strangers = new Set<Socket>();
  private hasRefused = false;

  /**
   * @param server listens at the chief's address
   * @param secret what a worker proves that it knows
   */
  constructor(
    private readonly connection: ChiefConnection,
    private readonly server: Server,
    private readonly secret: string,
  ) {
    server.on('connection', (socket) => void this.receive(socket));
  }

  /** Listens no more. */
  close(): void {
    this.server.close();
    for (const socket of this.strangers) socket.destroy();
  }

  /** Why workers may not have come, where that can be guessed. */
  get hint(): string {
    return this.hasRefused ? ' A connection did not prove the secret: do all workers have the same one?' : '';
  }

  private async receive(socket: Socket): Promise<void> {
    this.strangers.add(socket);
    socket.once('close', () => this.strangers.delete(socket));
    if (!(await proveSecret(socket, this.secret, 'chief'))) {
      this.hasRefused = true;
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
        else this.strangers.delete(socket);
      },
      () => index !== undefined && this.connection.lose(index),
    );
  }

  /** @returns the number of the worker that says who it is */
  private admit(message: Message, line: LineSocket): number | undefined {
    if (message.type !== 'hello') return undefined;
    const { index, addresses, clock } = message;
    const refusal = this.refusalOf(index, addresses);
    if (refusal !== undefined) {
      line.send({ type: 'end', word: refusal });
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
      return `The workers disagree on the cluster: worker ${index} has ${addresses.join(', ')}, and the chief has ${own.join(', ')}.`;
    }
    if (index <= 0 || index >= own.length) return `Two processes say that they are worker ${index}.`;
    return this.connection.isAccepted(index)
      ? `Two processes say that they are ${workerName(cluster, index)}.`
      : undefined;
  }
}
