import { basename } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';

/** The constants of MPI's binary interface. Handles are pointers in some implementations, integers in others. */
export interface Abi {
  readonly world: bigint;
  readonly float32: bigint;
  readonly byte: bigint;
  readonly sum: bigint;
  readonly errorsReturn: bigint;
  readonly inPlace: bigint;
  readonly statusIgnore: bigint;
  readonly anySource: number;
  readonly threadMultiple: number;
  /** Index of the sender's rank among the int32 of an MPI_Status. */
  readonly sourceAt: number;
}

/** MPI 5.0, section 20: libmpi_abi.so of any implementation. */
const STANDARD: Abi = {
  world: 0x101n,
  float32: 0x210n,
  byte: 0x247n,
  sum: 0x21n,
  errorsReturn: 0x143n,
  inPlace: 1n,
  statusIgnore: 0n,
  anySource: -1,
  threadMultiple: 0x1000,
  sourceAt: 0,
};

/** MPICH, and since 2014 also Intel MPI, Cray MPICH and MVAPICH: https://www.mpich.org/abi */
const MPICH: Abi = {
  world: 0x44000000n,
  float32: 0x4c00040an,
  byte: 0x4c00010dn,
  sum: 0x58000003n,
  errorsReturn: 0x54000001n,
  inPlace: -1n,
  statusIgnore: 1n,
  anySource: -2,
  threadMultiple: 3,
  sourceAt: 2,
};

/** Open MPI, whose handles are the addresses of variables. */
function openMpi(library: LibraryHandle): Abi {
  const addressOf = (name: string) => koffi.address(library.symbol(name));
  return {
    world: addressOf('ompi_mpi_comm_world'),
    float32: addressOf('ompi_mpi_float'),
    byte: addressOf('ompi_mpi_byte'),
    sum: addressOf('ompi_mpi_op_sum'),
    errorsReturn: addressOf('ompi_mpi_errors_return'),
    inPlace: 1n,
    statusIgnore: 0n,
    anySource: -1,
    threadMultiple: 3,
    sourceAt: 0,
  };
}

/** @param path of the library @param version output of MPI_Get_library_version */
export function abiOf(library: LibraryHandle, path: string, version: string): Abi {
  if (basename(path).startsWith('libmpi_abi')) return STANDARD;
  return version.startsWith('Open MPI') ? openMpi(library) : MPICH;
}
