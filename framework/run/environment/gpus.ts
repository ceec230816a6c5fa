import { execFile } from 'node:child_process';

/** Timeout for an answer of the driver. */
const TIMEOUT_MILLISECONDS = 5_000;

/**
 * Queries NVIDIA's driver for properties of every GPU, with the names of `nvidia-smi --help-query-gpu`.
 * @param signal aborts the query, which then returns no lines
 * @returns a line for each GPU with its properties in that order, empty if the driver does not answer; undefined if there is no driver
 */
export function queryGpus(properties: readonly string[], signal?: AbortSignal): Promise<string[][] | undefined> {
  const args = [`--query-gpu=${properties.join(',')}`, '--format=csv,noheader,nounits'];
  return new Promise((resolve) => {
    execFile('nvidia-smi', args, { timeout: TIMEOUT_MILLISECONDS, ...(signal && { signal }) }, (error, stdout) => {
      if (error?.code === 'ENOENT') resolve(undefined);
      const lines = error ? [] : stdout.trim().split('\n').filter(Boolean);
      resolve(lines.map((line) => line.split(',').map((cell) => cell.trim())));
    });
  });
}
