import type { Suggestion } from './searcher';

/** A process to be started: one job of a sweep. */
export interface Job {
  /** What it is called where jobs have names: the sweep's id and the job's number. */
  readonly name: string;
  /** The program and its words. */
  readonly command: readonly string[];
  /** Variables beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files that get its standard output and error, at their ends. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Where the jobs of a sweep run. A job outlives the sweep that started it, and a resumed sweep finds it again by its handle: a text
 * that means the same in another process.
 *
 * Submitting has two steps, because a sweep may be killed at any moment: a job is submitted and held, its handle is written down, and
 * only then is it released. What was never released never runs, so no job runs without a handle that is known.
 */
export abstract class Launcher {
  /** Seconds between two questions whether a job has ended. */
  readonly pollSeconds: number = 0.2;

  /** Settings that each job gets where the sweep does not set them, such as its share of the machine. */
  get defaults(): Suggestion {
    return {};
  }

  /** Submits a job and holds it. @returns its handle @throws UserError where that is not possible */
  abstract submit(job: Job): string | Promise<string>;

  /** Lets a job run that this process has submitted. */
  abstract release(handle: string): void | Promise<void>;

  /** Whether a job runs no more and will not run. @throws UserError where that cannot be known here */
  abstract hasEnded(handle: string): boolean | Promise<boolean>;

  /** Asks a job to save its state and end. */
  abstract cancel(handle: string): void | Promise<void>;
}
