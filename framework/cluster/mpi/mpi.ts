import { hostname } from 'node:os';
import { UserError } from '../../errors';
import type { MpiHandles } from '../../tensorflow/distributed/mpi';
import { type Abi, abiOf } from './abi';
import { MpiFunctions } from './functions';

/** Bytes of a host name, and minimum bytes of a status in any binary interface. */
const NAME_BYTES = 256;
const STATUS_BYTES = 64;

const TAG = 1;

/** A message that may still be in flight. Its memory must stay allocated until it has been sent. */
interface Sending {
  readonly request: BigInt64Array;
  readonly bytes: Buffer;
}

/** Initialized MPI of this process: the workers, and messages between them. At most one per process. */
export class Mpi {
  readonly rank: number;
  readonly size: number;
  /** The machine of each worker. */
  readonly hosts: readonly string[];
  private readonly functions: MpiFunctions;
  private readonly abi: Abi;
  /** Communicator for messages; all-reduces use the world's. */
  private readonly messages: bigint;
  private sending: Sending[] = [];

  /**
   * Initializes MPI. Blocks until every worker has done so.
   * @param path of the library
   * @throws UserError if it cannot be loaded or does not support multiple threads
   */
  constructor(path: string) {
    // UCX, below MPI, tries its memory hooks by growing the heap by a page and shrinking it again. If the heap ends at V8's memory, only
    // the second succeeds, and takes a page that is in use: https://github.com/openucx/ucx, ucm_fire_mmap_events. It reads this when loaded.
    process.env['UCX_MEM_EVENTS'] ??= 'n';
    this.functions = new MpiFunctions(path);
    const { library, version } = this.functions;
    this.abi = abiOf(library, path, version);
    this.initialize();
    const { world, errorsReturn } = this.abi;
    this.rank = this.numberOf('MPI_Comm_rank', world);
    this.size = this.numberOf('MPI_Comm_size', world);
    const duplicate = BigInt64Array.of(0n);
    this.functions.call('MPI_Comm_dup', world, duplicate);
    this.messages = duplicate[0] ?? 0n;
    for (const each of [world, this.messages]) this.functions.call('MPI_Comm_set_errhandler', each, errorsReturn);
    this.hosts = this.gatherHosts();
  }

  /** The name and version of the implementation. */
  get version(): string {
    return this.functions.version;
  }

  /** Handles for the all-reduce kernel. */
  get handles(): MpiHandles {
    const { world: communicator, float32, sum, inPlace, statusIgnore } = this.abi;
    const workers = BigInt(this.size);
    return { library: this.functions.path, communicator, float32, sum, inPlace, statusIgnore, workers };
  }

  /** Replaces numbers by their sums over all workers; blocks until every worker has called it. */
  sum(numbers: Float32Array): void {
    const { inPlace, float32, sum, world } = this.abi;
    this.functions.call('MPI_Allreduce', inPlace, numbers, numbers.length, float32, sum, world);
  }

  /** Sends a message without waiting. @param to number of the receiving worker */
  send(to: number, text: string): void {
    this.releaseSent();
    const bytes = Buffer.from(text);
    const request = BigInt64Array.of(0n);
    this.functions.call('MPI_Isend', bytes, bytes.length, this.abi.byte, to, TAG, this.messages, request);
    this.sending.push({ request, bytes });
  }

  /** Receives the next message, if one has arrived. */
  receive(): { from: number; text: string } | undefined {
    const { byte, anySource, sourceAt, statusIgnore } = this.abi;
    const status = new Int32Array(STATUS_BYTES / 4);
    const hasMessage = [0];
    this.functions.call('MPI_Iprobe', anySource, TAG, this.messages, hasMessage, status);
    if (hasMessage[0] === 0) return undefined;
    const from = status[sourceAt] ?? 0;
    const bytes = Buffer.alloc(this.numberOf('MPI_Get_count', status, byte));
    this.functions.call('MPI_Recv', bytes, bytes.length, byte, from, TAG, this.messages, statusIgnore);
    return { from, text: bytes.toString() };
  }

  /** Whether messages are still in flight. */
  get isSending(): boolean {
    this.releaseSent();
    return this.sending.length > 0;
  }

  /** Terminates all workers. @param code exit code for their launcher */
  abort(code: number): void {
    this.functions.call('MPI_Abort', this.abi.world, code);
  }

  /** Finalizes MPI; every worker must call it. */
  finalize(): void {
    this.functions.call('MPI_Finalize');
  }

  private initialize(): void {
    const { threadMultiple } = this.abi;
    const provided = [0];
    this.functions.call('MPI_Init_thread', null, null, threadMultiple, provided);
    if (provided[0] === threadMultiple) return;
    throw new UserError(`${this.version} does not support multiple threads.`, {
      hints: ['Use an MPI with MPI_THREAD_MULTIPLE, or the one installed by exp: unset EXPLAB_MPI'],
    });
  }

  private gatherHosts(): string[] {
    const { byte, world } = this.abi;
    const own = Buffer.alloc(NAME_BYTES);
    own.write(hostname());
    const all = Buffer.alloc(NAME_BYTES * this.size);
    this.functions.call('MPI_Allgather', own, NAME_BYTES, byte, all, NAME_BYTES, byte, world);
    return Array.from({ length: this.size }, (_, rank) => {
      const name = all.toString('utf8', rank * NAME_BYTES, (rank + 1) * NAME_BYTES);
      return name.replace(/\0.*$/s, '');
    });
  }

  /** Releases the requests and memory of messages that have been sent. */
  private releaseSent(): void {
    this.sending = this.sending.filter((sending) => !this.isSent(sending));
  }

  private isSent({ request }: Sending): boolean {
    const done = [0];
    this.functions.call('MPI_Test', request, done, this.abi.statusIgnore);
    return done[0] !== 0;
  }

  /** Calls a function and returns the number in its last, output parameter. */
  private numberOf(name: Parameters<MpiFunctions['call']>[0], ...values: unknown[]): number {
    const number = [0];
    this.functions.call(name, ...values, number);
    return number[0] ?? 0;
  }
}
