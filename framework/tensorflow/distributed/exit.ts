import koffi from 'koffi';

/**
 * Ends the process immediately. A regular exit waits for pending native calls, and one that waits for another worker may never
 * return; TensorFlow's server cannot be stopped either. All output must have been written.
 */
export function exitAtOnce(code: number): never {
  koffi.load(null).func('void _exit(int)')(code);
  throw new Error('the process continues after its exit');
}
