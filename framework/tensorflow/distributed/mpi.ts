import koffi from 'koffi';
import type { Pointer } from '../graph/c-api';

/** An MPI library that this process has initialized, and what its binary interface calls things. */
export interface MpiHandles {
  /** Path of the library. */
  readonly library: string;
  /** The workers. */
  readonly communicator: bigint;
  readonly float32: bigint;
  readonly sum: bigint;
  readonly inPlace: bigint;
  readonly statusIgnore: bigint;
  /** How many there are. */
  readonly workers: bigint;
}

/** How far a worker's exchanges have come. */
export interface ExchangeProgress {
  /** Exchanges that it has begun. */
  readonly begun: number;
  /** Seconds that it has been waiting in the current one; 0 between two. */
  readonly waiting: number;
}

/** What our operation calls MPI by: kernels/mpi.h. It lives as long as the process. */
export class NativeMpi {
  private readonly pointer: Pointer;
  private readonly readProgress: (pointer: Pointer, begun: number[], seconds: number[]) => void;

  /** @param kernels the library of our own operations */
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

  /** Where this process keeps it, for the operation. */
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
