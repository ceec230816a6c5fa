import koffi from 'koffi';
import type { Pointer } from '../graph/c-api';

/** An initialized MPI library, and the handles of its binary interface. */
export interface MpiHandles {
  /** Path of the library. */
  readonly library: string;
  /** Communicator of all workers. */
  readonly communicator: bigint;
  readonly float32: bigint;
  readonly sum: bigint;
  readonly inPlace: bigint;
  readonly statusIgnore: bigint;
  /** Number of workers. */
  readonly workers: bigint;
}

/** Progress of a worker's exchanges. */
export interface ExchangeProgress {
  /** Number of exchanges begun. */
  readonly begun: number;
  /** Seconds spent waiting in the current exchange; 0 between exchanges. */
  readonly waiting: number;
}

/** MPI as called by the all-reduce kernel: kernels/mpi.h. It lives as long as the process. */
export class NativeMpi {
  private readonly pointer: Pointer;
  private readonly readProgress: (pointer: Pointer, begun: number[], seconds: number[]) => void;

  /** @param kernels path of the library of custom operations */
  constructor(kernels: string, { library, ...handles }: MpiHandles) {
    const functions = koffi.load(kernels);
    const create = functions.func('void* ExplabMpiNew(const char*, const int64_t*)');
    const { communicator, float32, sum, inPlace, statusIgnore, workers } = handles;
    const values = BigInt64Array.of(communicator, float32, sum, inPlace, statusIgnore, workers);
    const pointer = create(library, values) as Pointer | null;
    if (pointer === null) throw new Error(`${library} is not loaded`);
    this.pointer = pointer;
    this.readProgress = functions.func('void ExplabMpiProgress(void*, _Out_ int64_t*, _Out_ double*)');
  }

  /** Address of the native object, passed to the operation. */
  get address(): number {
    return Number(koffi.address(this.pointer));
  }

  get progress(): ExchangeProgress {
    const begun = [0];
    const seconds = [0];
    this.readProgress(this.pointer, begun, seconds);
    return { begun: begun[0] ?? 0, waiting: seconds[0] ?? 0 };
  }
}
