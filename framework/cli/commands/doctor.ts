import { ExitCode } from '../../errors';
import type { Finding } from '../../tensorflow/install/doctor/finding';
import type { Command } from '../command';

interface Arguments {
  readonly json: boolean;
}

export const doctor: Command<Arguments> = {
  command: 'doctor',
  describe: 'Check the installation and suggest fixes',
  builder: (args) => args.option('json', { type: 'boolean', default: false, describe: 'Print the findings as JSON' }),
  handler: async ({ json }) => {
    const { examine } = await import('../../tensorflow/install/doctor/doctor');
    const { runsFolder } = await import('../../run/runs-folder');
    const { checkMpi } = await import('../../cluster/mpi/doctor');
    const findings = [...(await examine(runsFolder())), await checkMpi()];
    console.log(json ? JSON.stringify(findings.map(toJSON), undefined, 2) : findings.map(row).join('\n'));
    process.exitCode = findings.some(({ state }) => state === 'missing') ? ExitCode.failed : ExitCode.ok;
  },
};

function row({ name, state, found, fix }: Finding): string {
  return [`${state.padEnd(8)}  ${name.padEnd(16)}  ${found}`, ...fix.map((line) => `${' '.repeat(28)}${line}`)].join(
    '\n',
  );
}

/** A finding with the keys that scripts rely on. */
function toJSON({ fix, ...finding }: Finding): object {
  return { ...finding, mend: fix };
}
