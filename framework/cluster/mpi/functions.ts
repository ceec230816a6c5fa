import koffi, { type LibraryHandle } from 'koffi';
import { UserError, messageOf } from '../../errors';

const SIGNATURES = {
  MPI_Get_library_version: 'int MPI_Get_library_version(void*, _Out_ int*)',
  MPI_Init_thread: 'int MPI_Init_thread(void*, void*, int, _Out_ int*)',
  MPI_Comm_rank: 'int MPI_Comm_rank(intptr_t, _Out_ int*)',
  MPI_Comm_size: 'int MPI_Comm_size(intptr_t, _Out_ int*)',
  MPI_Comm_dup: 'int MPI_Comm_dup(intptr_t, void*)',
  MPI_Comm_set_errhandler: 'int MPI_Comm_set_errhandler(intptr_t, intptr_t)',
  MPI_Error_string: 'int MPI_Error_string(int, void*, _Out_ int*)',
  MPI_Allgather: 'int MPI_Allgather(void*, int, intptr_t, void*, int, intptr_t, intptr_t)',
  MPI_Allreduce: 'int MPI_Allreduce(intptr_t, void*, int, intptr_t, intptr_t, intptr_t)',
  MPI_Isend: 'int MPI_Isend(void*, int, intptr_t, int, int, intptr_t, void*)',
  MPI_Iprobe: 'int MPI_Iprobe(int, int, intptr_t, _Out_ int*, void*)',
  MPI_Get_count: 'int MPI_Get_count(void*, intptr_t, _Out_ int*)',
  MPI_Recv: 'int MPI_Recv(void*, int, intptr_t, int, int, intptr_t, intptr_t)',
  MPI_Test: 'int MPI_Test(void*, _Out_ int*, intptr_t)',
  MPI_Abort: 'int MPI_Abort(intptr_t, int)',
  MPI_Finalize: 'int MPI_Finalize()',
} as const;

type Name = keyof typeof SIGNATURES;

/** Upper bound of MPI's texts, in bytes. */
const TEXT_BYTES = 8192;

/** The functions of an MPI library. Handles are always passed as integers: pointers and integers both travel in a register. */
export class MpiFunctions {
  readonly library: LibraryHandle;
  /** The name and version of the implementation. */
  readonly version: string;
  private readonly functions: Record<Name, (...values: unknown[]) => number>;

  /** @param path of the library @throws UserError if it cannot be loaded */
  constructor(readonly path: string) {
    try {
      // Open MPI loads components that need its symbols.
      this.library = koffi.load(path, { global: true });
      const bound = Object.entries(SIGNATURES).map(([name, signature]) => [name, this.library.func(signature)]);
      this.functions = Object.fromEntries(bound) as typeof this.functions;
    } catch (error) {
      throw new UserError(`The MPI library ${path} cannot be loaded: ${messageOf(error)}`, {
        hints: ['Set EXPLAB_MPI to the library or to the installation folder of MPI.'],
      });
    }
    // 'MPICH Version:      5.0.2\n...', 'Open MPI v5.0.11, package: ...'
    const [first = ''] = this.text('MPI_Get_library_version').split(/[\n,]/);
    this.version = first.replace(/ Version:\s*/, ' ').trim();
  }

  /** @throws Error with MPI's error message */
  call(name: Name, ...values: unknown[]): void {
    const code = this.functions[name](...values);
    if (code !== 0) throw new Error(`${name}: ${this.text('MPI_Error_string', code)}`);
  }

  private text(name: Name, ...values: unknown[]): string {
    const bytes = Buffer.alloc(TEXT_BYTES);
    const length = [0];
    this.functions[name](...values, bytes, length);
    return bytes.toString('utf8', 0, length[0]);
  }
}
