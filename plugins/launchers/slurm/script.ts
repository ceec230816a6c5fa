import { join } from 'node:path';
import type { Job, JobArray } from 'explab';
import { type SlurmSettings, checkSettings, workersOf, workersPerNode } from './settings';

/** Batch script of one job. @throws UserError for invalid settings */
export function scriptOf(settings: SlurmSettings, job: Job): string {
  const lines = header(settings, job.name, job.stdout, job.stderr);
  return text([...lines, '', ...jobLines(job), '', ...runLines(settings)]);
}

/**
 * Batch script of an array: its job `k` sources the file `job.sh` in the folder of the k-th job.
 * @throws UserError for invalid settings
 */
export function arrayScriptOf(settings: SlurmSettings, { name, jobs, maxConcurrent, folder }: JobArray): string {
  const log = join(folder, 'job.log');
  const lines = header(settings, name, log, log);
  const throttle = maxConcurrent < jobs.length ? `%${maxConcurrent}` : '';
  return text([
    ...lines,
    `#SBATCH --array=0-${jobs.length - 1}${throttle}`,
    '',
    '# The commands of each array job are in its own folder.',
    'jobs=(',
    ...jobs.map((job) => `  ${quoted(job.folder)}`),
    ')',
    '. "${jobs[$SLURM_ARRAY_TASK_ID]}/job.sh"',
    'exec >>"$stdout" 2>>"$stderr"',
    '',
    ...runLines(settings),
  ]);
}

/** File `job.sh` of an array job. */
export function jobFileOf(job: Job): string {
  return text([...jobLines(job), `stdout=${quoted(job.stdout)}`, `stderr=${quoted(job.stderr)}`]);
}

/** The sbatch options; unset ones use the cluster's defaults. */
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

/** Commands of a job: from the start, or from its latest checkpoint. */
function jobLines({ environment, command, resume = command, checkpoints = '', folder }: Job): string[] {
  return [
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `begin=(${command.map(quoted).join(' ')})`,
    `resume=(${resume.map(quoted).join(' ')})`,
    `checkpoints=${quoted(checkpoints)}`,
    `progress=${quoted(join(folder, 'job.progress'))}`,
  ];
}

/** Runs the job, lets it save when it must stop, and requeues it. */
function runLines(settings: SlurmSettings): string[] {
  const hasManyWorkers = workersOf(settings) > 1;
  const { mpi, retries } = settings;
  // A signal to srun itself would kill the workers.
  const stop = hasManyWorkers ? 'scancel --signal=TERM "$job"' : 'kill -TERM "$child" 2>/dev/null';
  return [
    'job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}',
    'job=${job:-$SLURM_JOB_ID}',
    '',
    '# Step of the latest checkpoint; empty if there is none.',
    'newest() { ls "$checkpoints" 2>/dev/null | grep -xE "[0-9]+" | sort -n | tail -n 1; }',
    '',
    '# Limits restarts without a new checkpoint.',
    'step=$(newest) stalls=0 last=',
    '[ -e "$progress" ] && read -r stalls last <"$progress"',
    'if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] && [ "$step" = "$last" ]; then stalls=$((stalls + 1)); else stalls=0; fi',
    'echo "$stalls $step" >"$progress"',
    `if [ "$stalls" -gt ${retries} ]; then`,
    '  echo "Job $job was restarted $stalls times without a new checkpoint; giving up." >&2',
    '  exit 1',
    'fi',
    '',
    ...(hasManyWorkers && mpi !== undefined ? [`export EXPLAB_MPI=${quoted(mpi)}`, ''] : []),
    '# TERM precedes the time limit or preemption: save and requeue. USR1 is a cancellation by exp: save and end.',
    'stopped=',
    `stop() { stopped=$1; ${stop}; }`,
    "trap 'stop again' TERM",
    "trap 'stop cancelled' USR1",
    'words=("${begin[@]}")',
    '[ -n "$step" ] && words=("${resume[@]}")',
    `${hasManyWorkers ? `${srunOf(settings)} ` : ''}"\${words[@]}" &`,
    'child=$!',
    '# A signal interrupts wait; the last wait returns the exit code.',
    'wait "$child"',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; done',
    'wait "$child"',
    'code=$?',
    '[ "$stopped" = cancelled ] && exit 0',
    '# If Slurm itself stops the job, its state is no longer RUNNING, and Slurm decides about requeueing.',
    'if [ "$code" -eq 143 ] && [ "$(squeue -h -j "$job" -o %T)" = RUNNING ]; then',
    '  echo "Saved at step $(newest). Requeueing job $job." >&2',
    '  scontrol requeue "$job"',
    'fi',
    'exit "$code"',
  ];
}

/**
 * The srun command for several workers. They exit together, so those alive 10 seconds after the first are waiting for a dead one.
 * --kill-on-bad-exit=1 would be slower: it sends SIGTERM, and kills after the cluster's KillWait.
 */
function srunOf({ pmi, gpus, cpus }: SlurmSettings): string {
  const each = [gpus === undefined ? '' : ' --gpus-per-task=1', cpus === undefined ? '' : ` --cpus-per-task=${cpus}`];
  return `srun --mpi=${quoted(pmi)} --kill-on-bad-exit=0 --wait=10${each.join('')}`;
}

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** Quotes a word for the shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Quotes a word for an sbatch option line: quotes group, a backslash escapes the next character, within quotes too, and outside them
 * # begins a comment.
 */
const optionText = (word: string) => (/[\s"'\\#]/.test(word) ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : word);

/** Escapes a file name for Slurm's patterns: a backslash escapes the next character, and makes % literal throughout. */
const pattern = (file: string) => (file.includes('\\') ? file.replaceAll('\\', '\\\\') : file.replaceAll('%', '%%'));
