import { ExitCode, UserError } from '../../errors';

/** Maximum number of mistakes to report. */
const MAX_REPORTED = 20;

/** Collects user errors, to report them all at once. */
export class ErrorCollector {
  private readonly errors: UserError[] = [];

  /** @throws any error that is not a UserError */
  add(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.errors.push(error);
  }

  /** Runs a function and collects a UserError that it throws. */
  capture<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** @throws UserError with the collected errors, if any, up to MAX_REPORTED */
  throw(): void {
    // The same mistake can be found more than once.
    const texts = new Set(this.errors.map((error) => error.text));
    const [first] = this.errors;
    if (!first) return;
    const others = [...texts].slice(1, MAX_REPORTED).map((text) => `\n${text}`);
    const omitted = texts.size > MAX_REPORTED ? [`\n${texts.size - MAX_REPORTED} more errors are not shown.`] : [];
    throw new UserError(first.message, { hints: [...first.hints, ...others, ...omitted], exitCode: ExitCode.usage });
  }
}
