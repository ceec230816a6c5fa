import type { Suggestion } from './searcher';

/** Process to start: one run, or one job of a sweep. */
export interface Job {
  /** Job name: the sweep's id and the job's number. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Command for an automatic restart once a checkpoint exists. */
  readonly resume?: readonly string[];
  /** Folder of the checkpoints. */
  readonly checkpoints?: string;
  /** Environment variables in addition to those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files that its standard output and error are appended to. */
  readonly stdout: string;
  readonly stderr: string;
  /** Folder where the launcher may keep its files. */
  readonly folder: string;
}

/** Jobs that are submitted together. */
export interface JobArray {
  readonly name: string;
  readonly jobs: readonly Job[];
  /** Maximum number of concurrent jobs. */
  readonly maxConcurrent: number;
  /** Folder where the launcher may keep its files. */
  readonly folder: string;
}

/** Job status reported by the launcher; `exitReason` is why an ended job ended, if known. */
export interface JobStatus {
  readonly state: 'queued' | 'running' | 'ended';
  readonly exitReason?: string;
}

/**
 * Runs jobs. A job outlives the process that submitted it; other processes find it by its handle, a text that is valid everywhere.
 *
 * Submission has two steps, because a sweep may be killed at any moment: a job is submitted and held, its handle is recorded, and only
 * then is it released. A job that is never released never runs, so no job runs without a recorded handle.
 *
 * A launcher may stop a job and restart it later on its own; the job has not ended in the meantime.
 */
export abstract class Launcher {
  /** Interval of status queries, in seconds. */
  readonly pollSeconds: number = 0.2;
  /** Whether jobs are submitted as arrays, with the concurrency limited by the launcher. */
  readonly hasJobArrays: boolean = false;
  /** Whether each job has several workers that use the MPI installed by exp. */
  readonly needsMpi: boolean = false;

  /** Default settings of each job, such as its share of the machine. */
  get defaults(): Suggestion {
    return {};
  }

  /** Checks the settings before anything is created. @throws UserError if jobs cannot be submitted with them */
  check(): void | Promise<void> {
    // Starting a process needs no check.
  }

  /** Human-readable form of a submission; undefined if there is none. */
  describe(_array: JobArray): string | undefined {
    return undefined;
  }

  /** Submits a job and holds it. @returns its handle @throws UserError if that fails */
  abstract submit(job: Job): string | Promise<string>;

  /** Submits and holds many jobs. @returns their handles, in the same order */
  async submitAll({ jobs }: JobArray): Promise<string[]> {
    const handles: string[] = [];
    for (const job of jobs) handles.push(await this.submit(job));
    return handles;
  }

  /** Releases held jobs. Called again when a sweep is resumed; no effect on jobs already released. */
  abstract release(handles: readonly string[]): void | Promise<void>;

  /** Status of a job. @throws UserError if it cannot be determined here */
  abstract status(handle: string): JobStatus | Promise<JobStatus>;

  /** Whether a job has ended for good. @throws UserError if that cannot be determined here */
  async hasEnded(handle: string): Promise<boolean> {
    return (await this.status(handle)).state === 'ended';
  }

  /** Asks jobs to save their state and end; jobs not yet started never start. */
  abstract cancel(handles: readonly string[]): void | Promise<void>;
}
