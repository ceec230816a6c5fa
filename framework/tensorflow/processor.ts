import { readFileSync } from 'node:fs';

/** Names by which Linux lists instructions for products of bfloat16: of x86 and of ARM. */
const BFLOAT16 = ['avx512_bf16', 'amx_bf16', 'bf16'];

/** Whether the processor multiplies bfloat16 itself; oneDNN wants no less. */
export function hasBFloat16(): boolean {
  const flags = new Set(processorInformation().split(/\s+/));
  return BFLOAT16.some((flag) => flags.has(flag));
}

function processorInformation(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
