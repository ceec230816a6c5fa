/** Times one case in a process of its own and prints a `Measurement`: `measure.ts NAME COMPILE PRECISION DEVICE`. */
import { engineFor, loadFor } from '../../framework/experiment/lifecycle/compute';
import { Random } from '../../framework/random/random';
import { type Case, type Compute, type Measurement, WARM_UP, createContainer, findCase } from './cases';
import { works } from './works';

async function measure(benchmark: Case, compile: string, compute: Compute): Promise<Measurement> {
  const { settings } = createContainer(benchmark, compile, compute);
  await loadFor(settings);
  const once = works[benchmark.work](settings, Random.fromSeed(1), engineFor(settings));
  const seconds: number[] = [];
  for (let n = 1; n <= WARM_UP + benchmark.repetitions; n++) {
    const begun = performance.now();
    await once(n);
    seconds.push((performance.now() - begun) / 1000);
  }
  const peakMB = (process.resourceUsage().maxRSS * 1024) / 1e6;
  return { first: seconds[0] ?? NaN, seconds: seconds.slice(WARM_UP), peakMB };
}

async function main(): Promise<void> {
  const [name = '', compile = 'graph', precision = 'float32', device = 'auto'] = process.argv.slice(2);
  console.log(JSON.stringify(await measure(findCase(name), compile, { precision, device })));
}

void main();
