import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Size of a 64-bit ELF header and offsets of its fields, in bytes: elf(5). */
const HEADER = { size: 64, sections: 0x28, sectionSize: 0x3a, sectionCount: 0x3c } as const;
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);

/**
 * Whether a library of Linux ends too early, as after a copy that broke off: a process that loads one may be killed by SIGBUS without a
 * word. Only the header is read. Other files than such libraries are not judged, unless they are shorter than a header.
 * @returns what is wrong; undefined if the library is complete
 */
export function truncationOf(path: string): string | undefined {
  const header = Buffer.alloc(HEADER.size);
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const read = readSync(file, header, 0, HEADER.size, 0);
    const wanted = read < HEADER.size ? HEADER.size : lengthBy(header);
    return size < wanted ? `it ends after ${count(size)} of ${count(wanted)} bytes` : undefined;
  } finally {
    closeSync(file);
  }
}

/** The least length by a header: the table of sections comes last. */
function lengthBy(header: Buffer): number {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return 0;
  const table = header.readUInt16LE(HEADER.sectionSize) * header.readUInt16LE(HEADER.sectionCount);
  return Number(header.readBigUInt64LE(HEADER.sections)) + table;
}

function count(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
