import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, messageOf } from '../../framework/errors';
import type { Row } from '../bench/measure-case';
import type { Environment } from './environment';

/** Stages of the check, in their order. */
export type Stage = 'setup' | 'tests' | 'losses' | 'training' | 'workers';

/** What a part found out, by its stage. */
export interface Result {
  readonly tests?: { readonly passed: number; readonly skipped: number };
  /** Largest relative difference of a loss from that of the reference. */
  readonly difference?: number;
  readonly training?: Row & { readonly precision: string };
  /** Median seconds of a step by one worker and by two, on the same batch. */
  readonly workers?: { readonly one: number; readonly two: number };
}

/** A part of the check, whose failure leaves the others as they are. */
export interface Part extends Result {
  readonly stage: Stage;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** Why it failed or was skipped. */
  readonly reason?: string;
}

/** Content of gpu-check.json. */
export interface Report {
  readonly device: 'cpu' | 'gpu';
  readonly quick: boolean;
  readonly finished: boolean;
  readonly environment: Environment;
  readonly parts: readonly Part[];
}

/** Thrown by a part that does not apply to this machine. */
export class Skip extends Error {}

/** Runs the parts and writes both files after each, so that a check that is interrupted leaves what it measured. */
export class Recorder {
  private readonly parts: Part[] = [];
  environment: Environment;

  constructor(
    private readonly options: { readonly device: 'cpu' | 'gpu'; readonly quick: boolean; readonly out: string },
    environment: Environment,
    private readonly describe: (report: Report) => string,
    private readonly print: (line: string) => void = console.log,
  ) {
    this.environment = environment;
    mkdirSync(options.out, { recursive: true });
  }

  /** Runs a part and prints its outcome. @returns whether it passed */
  async run(stage: Stage, name: string, action: () => Result | Promise<Result>): Promise<boolean> {
    const begun = performance.now();
    const outcome = await outcomeOf(action);
    const part = { stage, name, seconds: (performance.now() - begun) / 1000, ...outcome };
    this.parts.push(part);
    const reason = part.reason === undefined ? '' : `: ${part.reason.split('\n')[0] ?? ''}`;
    this.print(`${part.status.padEnd(7)} ${stage}: ${name}, ${part.seconds.toFixed(1)} s${reason}`);
    this.write(false);
    return part.status === 'passed';
  }

  /** Writes the final report. @returns it */
  finish(): Report {
    return this.write(true);
  }

  private write(finished: boolean): Report {
    const { device, quick, out } = this.options;
    const report = { device, quick, finished, environment: this.environment, parts: this.parts };
    writeFileSync(join(out, 'gpu-check.json'), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(out, 'gpu-check.md'), this.describe(report));
    return report;
  }
}

async function outcomeOf(action: () => Result | Promise<Result>): Promise<Omit<Part, 'stage' | 'name' | 'seconds'>> {
  try {
    return { status: 'passed', ...(await action()) };
  } catch (error) {
    const reason = error instanceof UserError ? error.text : messageOf(error);
    return { status: error instanceof Skip ? 'skipped' : 'failed', reason };
  }
}
