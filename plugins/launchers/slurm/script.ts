import { join } from 'node:path';
import type { Batch, Job } from 'explab';
import { type SlurmSettings, checkSettings, workersOf, workersPerNode } from './settings';

/** The script of one job. @throws UserError where the settings cannot be */
export function scriptOf(settings: SlurmSettings, job: Job): string {
  const lines = header(settings, job.name, job.stdout, job.stderr);
  return text([...lines, '', ...jobLines(job), '', ...runLines(settings)]);
}

/**
 * The script of an array: job `k` of it reads what is its own from the file `job.sh` in the folder of the k-th job.
 * @throws UserError where the settings cannot be
 */
export function arrayScriptOf(settings: SlurmSettings, { name, jobs, atOnce, folder }: Batch): string {
  const log = join(folder, 'job.log');
  const lines = header(settings, name, log, log);
  const throttle = atOnce < jobs.length ? `%${atOnce}` : '';
  return text([
    ...lines,
    `#SBATCH --array=0-${jobs.length - 1}${throttle}`,
    '',
    '# What each job of the array runs stands in its own folder.',
    'jobs=(',
    ...jobs.map((job) => `  ${quoted(job.folder)}`),
    ')',
    '. "${jobs[$SLURM_ARRAY_TASK_ID]}/job.sh"',
    'exec >>"$stdout" 2>>"$stderr"',
    '',
    ...runLines(settings),
  ]);
}

/** The file `job.sh` of a job of an array. */
export function jobFileOf(job: Job): string {
  return text([...jobLines(job), `stdout=${quoted(job.stdout)}`, `stderr=${quoted(job.stderr)}`]);
}

/** The options of sbatch; each that is not set is left to the cluster. */
function header(settings: SlurmSettings, name: string, stdout: string, stderr: string): string[] {
  checkSettings(settings);
  const { partition, account, qos, nodes, gpus, cpus, memory, time, constraint, extra, saveSeconds } = settings;
  const perNode = workersPerNode(settings);
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['job-name', name],
    ['partition', partition],
    ['account', account],
    ['qos', qos],
    ['nodes', nodes],
    ['ntasks-per-node', workersOf(settings) > 1 ? perNode : undefined],
    ['gpus-per-node', gpus],
    ['cpus-per-task', cpus],
    ['mem', memory],
    ['time', time],
    ['constraint', constraint],
    ['output', pattern(stdout)],
    ['error', stderr === stdout ? undefined : pattern(stderr)],
    ['open-mode', 'append'],
    ['requeue', ''],
    ['signal', `B:TERM@${saveSeconds}`],
  ];
  const set = options.filter(([, value]) => value !== undefined);
  const lines = set.map(([option, value = '']) => `--${option}${value === '' ? '' : `=${optionText(String(value))}`}`);
  return ['#!/bin/bash', ...[...lines, ...extra].map((line) => `#SBATCH ${line}`)];
}

/** What a job runs: from its beginning, or from its newest checkpoint. */
function jobLines({ environment, command, resume = command, checkpoints = '', folder }: Job): string[] {
  return [
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `begin=(${command.map(quoted).join(' ')})`,
    `resume=(${resume.map(quoted).join(' ')})`,
    `checkpoints=${quoted(checkpoints)}`,
    `progress=${quoted(join(folder, 'job.progress'))}`,
  ];
}

/** Runs it, lets it save when it must stop, and queues it again. */
function runLines(settings: SlurmSettings): string[] {
  const isMany = workersOf(settings) > 1;
  const { mpi, retries } = settings;
  // A signal to srun itself would kill the workers.
  const stop = isMany ? 'scancel --signal=TERM "$job"' : 'kill -TERM "$child" 2>/dev/null';
  return [
    'job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}',
    'job=${job:-$SLURM_JOB_ID}',
    '',
    '# The step of the newest checkpoint; nothing where there is none.',
    'newest() { ls "$checkpoints" 2>/dev/null | grep -xE "[0-9]+" | sort -n | tail -n 1; }',
    '',
    '# A job that is started again and again and saves nothing new is not started for ever.',
    'step=$(newest) stalls=0 last=',
    '[ -e "$progress" ] && read -r stalls last <"$progress"',
    'if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] && [ "$step" = "$last" ]; then stalls=$((stalls + 1)); else stalls=0; fi',
    'echo "$stalls $step" >"$progress"',
    `if [ "$stalls" -gt ${retries} ]; then`,
    '  echo "Job $job was started again $stalls times and saved nothing new: it ends here." >&2',
    '  exit 1',
    'fi',
    '',
    ...(isMany && mpi !== undefined ? [`export EXPLAB_MPI=${quoted(mpi)}`, ''] : []),
    "# TERM comes before the time is up or the place is taken: it saves, and queues again. USR1 is exp's: it saves, and ends.",
    'stopped=',
    `stop() { stopped=$1; ${stop}; }`,
    "trap 'stop again' TERM",
    "trap 'stop cancelled' USR1",
    'words=("${begin[@]}")',
    '[ -n "$step" ] && words=("${resume[@]}")',
    `${isMany ? `${srunOf(settings)} ` : ''}"\${words[@]}" &`,
    'child=$!',
    '# A signal ends a wait; the last tells the exit code.',
    'wait "$child"',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; done',
    'wait "$child"',
    'code=$?',
    '[ "$stopped" = cancelled ] && exit 0',
    '# Where Slurm itself stops the job, it is no longer called running, and Slurm queues it again or not.',
    'if [ "$code" -eq 143 ] && [ "$(squeue -h -j "$job" -o %T)" = RUNNING ]; then',
    '  echo "Saved at step $(newest). Job $job queues again." >&2',
    '  scontrol requeue "$job"',
    'fi',
    'exit "$code"',
  ];
}

/**
 * What starts several workers. They leave together, so whoever is there 10 seconds after the first waits for one that has died.
 * --kill-on-bad-exit=1 would be slower: it sends SIGTERM, and kills after the cluster's KillWait.
 */
function srunOf({ pmi, gpus, cpus }: SlurmSettings): string {
  const each = [gpus === undefined ? '' : ' --gpus-per-task=1', cpus === undefined ? '' : ` --cpus-per-task=${cpus}`];
  return `srun --mpi=${quoted(pmi)} --kill-on-bad-exit=0 --wait=10${each.join('')}`;
}

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** A word as a shell takes it for itself. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A word as sbatch reads it in a line of options: quotes group, a backslash escapes the next character, within quotes too, and outside them
 * # begins a comment.
 */
const optionText = (word: string) => (/[\s"'\\#]/.test(word) ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : word);

/** A file's name as a pattern of Slurm's: a backslash escapes the next character, and where there is one, % stands for itself. */
const pattern = (file: string) => (file.includes('\\') ? file.replaceAll('\\', '\\\\') : file.replaceAll('%', '%%'));
