/** Setting `compile`. */
export type Compile = 'auto' | 'graph' | 'xla' | 'false';

/** How a step is run. */
export type CompileMode = Exclude<Compile, 'auto'>;

/**
 * What `compile=auto` stands for. On CPUs the graph with fused operations was the faster in every case of the benchmark (docs/performance.md). On GPUs
 * nothing has been measured: `npm run gpu-check` does, and says which value its figures support.
 */
export const AUTO_COMPILE: Readonly<Record<'cpu' | 'gpu', CompileMode>> = { cpu: 'graph', gpu: 'graph' };

/** The mode that a setting stands for on a device. */
export function compileModeOn(device: 'cpu' | 'gpu', compile: Compile): CompileMode {
  return compile === 'auto' ? AUTO_COMPILE[device] : compile;
}
