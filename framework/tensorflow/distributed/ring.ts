import koffi from 'koffi';
import { randomUUID } from 'node:crypto';
import type { Pointer } from '../graph/c-api';

/** The functions of kernels/ring.cc. Those that return a text say what is wrong, or nothing. */
const SIGNATURES = {
  create: 'void* ExplabRingNew()',
  close: 'void ExplabRingClose(void*)',
  listen: 'const char* ExplabRingListen(void*, const char*, const char*, _Out_ int*)',
  join: 'const char* ExplabRingJoin(void*, int, int, const char*, int, const char*, uint64_t, double)',
} as const;

type Native = (...values: unknown[]) => unknown;
type Functions = Record<keyof typeof SIGNATURES, Native & { async: (...values: unknown[]) => void }>;

/** Where a worker listens. */
export interface RingPlace {
  readonly host: string;
  readonly port: number;
  /** By which workers of its own machine reach it faster. */
  readonly name: string;
}

/** A worker's connections with the one before it and the one after it, by which their numbers are added up: kernels/ring.h. */
export class Ring {
  private readonly functions: Functions;
  private readonly pointer: Pointer;

  /** @param kernels the library of our own operations */
  constructor(kernels: string) {
    const library = koffi.load(kernels);
    const named = Object.entries(SIGNATURES).map(([name, signature]) => [name, library.func(signature)]);
    this.functions = Object.fromEntries(named) as Functions;
    this.pointer = this.functions.create() as Pointer;
  }

  /** Where this process keeps it: what the operation is told. */
  get address(): number {
    return Number(koffi.address(this.pointer));
  }

  /**
   * Listens for the worker before this one.
   * @param address of this machine that it listens at; at all of them where it is left out
   */
  listen(address = ''): Omit<RingPlace, 'host'> {
    const port = [0];
    const name = `explab-${randomUUID()}`;
    expectNothing(this.functions.listen(this.pointer, address, name, port) as string | null);
    return { port: port[0] ?? 0, name };
  }

  /**
   * Connects with the worker after this one, and waits for the one before.
   * @param index the number of this worker, from 0
   * @param places where each worker listens
   * @param key what the workers of this run have in common
   * @throws Error saying which cannot be reached, or has not come
   */
  async join(index: number, places: readonly RingPlace[], key: bigint, seconds: number): Promise<void> {
    const next = places[(index + 1) % places.length];
    if (!next) throw new Error('a ring has workers');
    const mistake = await new Promise<string | null>((done, fail) => {
      const told = (error: Error | null, text: string | null) => (error ? fail(error) : done(text));
      const { host, port, name } = next;
      this.functions.join.async(this.pointer, index, places.length, host, port, name, key, seconds, told);
    });
    expectNothing(mistake);
  }

  /** Ends the connections: an operation that uses them fails. */
  close(): void {
    this.functions.close(this.pointer);
  }
}

function expectNothing(mistake: string | null): void {
  if (mistake !== null) throw new Error(mistake);
}
