import { AUTO_COMPILE, type CompileMode } from '../../framework/experiment/lifecycle/compile-mode';
import type { Report } from './report';

/** How much faster XLA must be: its first step takes much longer. */
const MIN_SPEEDUP = 1.05;

/** Which value of `compile=auto` the figures support. */
export interface Verdict {
  /** The value that the table has. */
  readonly current: CompileMode;
  readonly supported: 'graph' | 'xla';
  /** How many times as fast as the graph XLA is: the geometric mean over cases and number formats. */
  readonly speedup: number;
  /** Pairs of figures. */
  readonly count: number;
}

/** @returns undefined if nothing was measured in both modes */
export function judgeCompileAuto({ device, parts }: Pick<Report, 'device' | 'parts'>): Verdict | undefined {
  const rows = parts.flatMap(({ training }) => (training?.by === 'explab' ? [training] : []));
  const ratios = rows
    .filter(({ way }) => way === 'graph')
    .flatMap((graph) => {
      const same = (row: typeof graph) => row.case === graph.case && row.precision === graph.precision;
      const xla = rows.find((row) => row.way === 'xla' && same(row));
      return xla ? [graph.seconds / xla.seconds] : [];
    });
  if (ratios.length === 0) return undefined;
  const speedup = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  const supported = speedup >= MIN_SPEEDUP ? 'xla' : 'graph';
  return { current: AUTO_COMPILE[device], supported, speedup, count: ratios.length };
}
