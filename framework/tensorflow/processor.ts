import { readFileSync } from 'node:fs';

/** CPU flags on Linux for bfloat16 products: of x86 and of ARM. */
const BFLOAT16 = ['avx512_bf16', 'amx_bf16', 'bf16'];

/** Whether the processor has bfloat16 instructions, which oneDNN requires. */
export function hasBFloat16(): boolean {
  const flags = new Set(readProcessorInfo().split(/\s+/));
  return BFLOAT16.some((flag) => flags.has(flag));
}

function readProcessorInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
