import { judgeCompileAuto } from './compile-auto';
import type { Part, Report } from './report';

/** The report as Markdown: tables that docs/performance.md can take as they are, and what failed. */
export function describeReport(report: Report): string {
  const sections = [
    `# Check of the ${report.device === 'gpu' ? 'GPU' : 'CPU'}${report.quick ? ', quick' : ''}`,
    report.finished ? '' : 'Not finished: interrupted, or still running.',
    environmentTable(report),
    outcomes(report),
    trainingTable(report),
    workersText(report),
    compileText(report),
    failures(report),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function environmentTable({ environment }: Report): string {
  const { gpus, processor, cores, memoryMiB, system, versions } = environment;
  const rows = [
    ...gpus.map(({ name, memoryMiB, driver, computeCapability }) => [
      'GPU',
      `${name}, ${memoryMiB} MiB, compute capability ${computeCapability.toFixed(1)}, driver ${driver}`,
    ]),
    ['processor', `${processor}, ${cores} cores, ${memoryMiB} MiB, ${system}`],
    [
      'versions',
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
  ];
  return table(['machine', ''], rows);
}

function outcomes({ parts }: Report): string {
  const stages = [...new Set(parts.map(({ stage }) => stage))];
  const rows = stages.map((stage) => {
    const own = parts.filter((part) => part.stage === stage);
    const count = (status: Part['status']) => String(own.filter((part) => part.status === status).length);
    return [stage, count('passed'), count('failed'), count('skipped'), detail(own)];
  });
  return `## Outcome\n\n${table(['stage', 'passed', 'failed', 'skipped', ''], rows)}`;
}

function detail(parts: readonly Part[]): string {
  const tests = parts.flatMap(({ tests }) => tests?.passed ?? []);
  const differences = parts.flatMap(({ difference }) => difference ?? []);
  const passed = tests.length > 0 ? [`${tests.reduce((sum, count) => sum + count, 0)} tests passed`] : [];
  const largest =
    differences.length > 0 ? [`largest difference of a loss ${Math.max(...differences).toExponential(1)}`] : [];
  return [...passed, ...largest].join(', ');
}

function trainingTable({ parts }: Report): string {
  const rows = parts.flatMap(({ training }) => training ?? []);
  if (rows.length === 0) return '';
  const keys = [...new Set(rows.map((row) => `${row.case}\n${row.precision}`))];
  const lines = keys.map((key) => {
    const own = rows.filter((row) => `${row.case}\n${row.precision}` === key);
    const [graph, xla] = ['graph', 'xla'].map((way) => own.find((row) => row.by === 'explab' && row.way === way));
    const [peer] = own.filter(({ by }) => by === 'PyTorch').sort((a, b) => a.seconds - b.seconds);
    const best = Math.min(...own.filter(({ by }) => by === 'explab').map(({ seconds }) => seconds));
    const cell = (row: typeof peer) => (row ? `${seconds(row.seconds)} (first ${row.first.toFixed(1)})` : '–');
    const theirs = peer ? [`${seconds(peer.seconds)} (${peer.way})`, (peer.seconds / best).toFixed(2)] : ['–', '–'];
    return [...key.split('\n'), cell(graph), cell(xla), ...theirs];
  });
  const head = ['training step', 'number format', 'graph', 'xla', "PyTorch's best", 'speedup'];
  return `## Training\n\nMedian seconds per step, and seconds of the first step.\n\n${table(head, lines)}`;
}

const seconds = (value: number): string => value.toPrecision(3);

function workersText({ parts, device, quick }: Report): string {
  const measured = parts.find(({ workers }) => workers)?.workers;
  if (!measured) return '';
  const { one, two } = measured;
  const what = quick ? 'a small network, batch 8' : "the paper's network, batch 128";
  const devices = device === 'gpu' ? 'on one GPU each' : 'on the CPU';
  return `## Two workers\n\nOf ${what} in float32: ${seconds(one)} s per step by one worker, ${seconds(two)} s by two ${devices}, ${(one / two).toFixed(2)} times as fast.`;
}

function compileText(report: Report): string {
  const verdict = judgeCompileAuto(report);
  if (!verdict) return '';
  const { current, supported, speedup, count } = verdict;
  const action =
    supported === current
      ? 'as `AUTO_COMPILE` has it'
      : `but \`AUTO_COMPILE\` in framework/experiment/lifecycle/compile-mode.ts has \`${report.device}: '${current}'\``;
  const quick = report.quick ? ' A quick check is no reason to change it.' : '';
  return `## compile=auto\n\nXLA is ${speedup.toFixed(2)} times as fast as the graph, the geometric mean of ${count} ${count === 1 ? 'case' : 'cases and number formats'}. This supports \`${report.device}: '${supported}'\`, ${action}.${quick}`;
}

function failures({ parts }: Report): string {
  const list = (status: Part['status'], title: string) => {
    const own = parts.filter((part) => part.status === status);
    const lines = own.map(({ stage, name, reason = '' }) => `- ${stage}: ${name}: ${reason.replaceAll('\n', '\n  ')}`);
    return own.length > 0 ? `## ${title}\n\n${lines.join('\n')}` : '';
  };
  return [list('failed', 'Failed'), list('skipped', 'Skipped')].filter(Boolean).join('\n\n');
}
