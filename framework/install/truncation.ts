import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Size of a 64-bit ELF header and offsets of its fields, in bytes: elf(5). */
const HEADER = { size: 64, sections: 0x28, sectionSize: 0x3a, sectionCount: 0x3c } as const;
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);

/**
 * Detects a truncated ELF library, as after an interrupted copy: loading one may kill the process by SIGBUS without a message. Only the
 * header is read. Files other than ELF libraries are only rejected if they are shorter than a header.
 * @returns the problem; undefined if the library is complete
 */
export function findTruncation(path: string): string | undefined {
  const header = Buffer.alloc(HEADER.size);
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const read = readSync(file, header, 0, HEADER.size, 0);
    const expected = read < HEADER.size ? HEADER.size : minLengthOf(header);
    return size < expected ? `it ends after ${format(size)} of ${format(expected)} bytes` : undefined;
  } finally {
    closeSync(file);
  }
}

/** Minimum length according to an ELF header: the section table comes last. */
function minLengthOf(header: Buffer): number {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return 0;
  const table = header.readUInt16LE(HEADER.sectionSize) * header.readUInt16LE(HEADER.sectionCount);
  return Number(header.readBigUInt64LE(HEADER.sections)) + table;
}

function format(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
