import { execFile } from 'node:child_process';

/** How long the driver may take to answer, in ms; one that hangs is passed over. */
const TIMEOUT_MILLISECONDS = 5_000;

/**
 * Asks NVIDIA's driver for properties of every GPU, by the names that `nvidia-smi --help-query-gpu` lists.
 * @param signal ends the question, which then has no answer
 * @returns a line for each GPU with its properties in that order, none where the driver gives no answer; undefined where there is no
 * driver
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
