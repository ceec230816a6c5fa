import type { Suggestion } from './searcher';

/** A process to be started: one run, or one job of a sweep. */
export interface Job {
  /** What it is called where jobs have names: the sweep's id and the job's number. */
  readonly name: string;
  /** The program and its words. */
  readonly command: readonly string[];
  /** What is started instead where the job is started again by itself, once there is a checkpoint. */
  readonly resume?: readonly string[];
  /** The folder that checkpoints come into. */
  readonly checkpoints?: string;
  /** Variables beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files that get its standard output and error, at their ends. */
  readonly stdout: string;
  readonly stderr: string;
  /** A folder where the launcher may keep files of its own. */
  readonly folder: string;
}

/** Jobs that are submitted together. */
export interface Batch {
  readonly name: string;
  readonly jobs: readonly Job[];
  /** How many may run at the same time. */
  readonly atOnce: number;
  /** A folder where the launcher may keep files of its own. */
  readonly folder: string;
}

/** How a job stands by its launcher; `how` says of one that has ended what ended it, where that is known. */
export interface JobStatus {
  readonly state: 'queued' | 'running' | 'ended';
  readonly exitReason?: string;
}

/**
 * Where jobs run. A job outlives the process that submitted it, and another finds it again by its handle: a text that means the same
 * everywhere.
 *
 * Submitting has two steps, because a sweep may be killed at any moment: a job is submitted and held, its handle is written down, and
 * only then is it released. What was never released never runs, so no job runs without a handle that is known.
 *
 * A launcher may stop a job and start it again later by itself: it has not ended meanwhile.
 */
export abstract class Launcher {
  /** Seconds between two questions whether a job has ended. */
  readonly pollSeconds: number = 0.2;
  /** Whether many jobs are better submitted at once, and the launcher keeps to how many run at the same time. */
  readonly takesBatches: boolean = false;
  /** Whether each job has several workers, which use the MPI that exp installs. */
  readonly needsMpi: boolean = false;

  /** Settings that each job gets where nobody sets them, such as its share of the machine. */
  get defaults(): Suggestion {
    return {};
  }

  /** Asked before anything is made. @throws UserError where jobs cannot be had as the settings want them */
  check(): void | Promise<void> {
    // Where there is a machine, a process can be had.
  }

  /** What would be handed over, as a person reads it; nothing where there is no such text. */
  describe(_batch: Batch): string | undefined {
    return undefined;
  }

  /** Submits a job and holds it. @returns its handle @throws UserError where that is not possible */
  abstract submit(job: Job): string | Promise<string>;

  /** The same for many. @returns their handles, in the same order */
  async submitAll({ jobs }: Batch): Promise<string[]> {
    const handles: string[] = [];
    for (const job of jobs) handles.push(await this.submit(job));
    return handles;
  }

  /** Lets jobs run. It is asked again of jobs of a sweep that is resumed, to no effect on those that were released before. */
  abstract release(handles: readonly string[]): void | Promise<void>;

  /** How a job stands. @throws UserError where that cannot be known here */
  abstract status(handle: string): JobStatus | Promise<JobStatus>;

  /** Whether a job runs no more and will not run. @throws UserError where that cannot be known here */
  async hasEnded(handle: string): Promise<boolean> {
    return (await this.status(handle)).state === 'ended';
  }

  /** Asks jobs to save their state and end; those that have not begun never will. */
  abstract cancel(handles: readonly string[]): void | Promise<void>;
}
