import { ExitCode, UserError } from '../../errors';

/** More than these tell nobody more. */
const MAX_REPORTED = 20;

/** Gathers mistakes, so that they are told all at once. */
export class ErrorCollector {
  private readonly found: UserError[] = [];

  /** @throws whatever is no mistake of the user's */
  add(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.found.push(error);
  }

  /** Does something, and keeps the mistake that it throws. */
  capture<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** @throws UserError of all that was added, where something was; of very many, the first */
  throw(): void {
    // One mistake may be met in several places.
    const texts = new Set(this.found.map((error) => error.text));
    const [first] = this.found;
    if (!first) return;
    const others = [...texts].slice(1, MAX_REPORTED).map((text) => `\n${text}`);
    const untold = texts.size > MAX_REPORTED ? [`\nThere are ${texts.size - MAX_REPORTED} more mistakes.`] : [];
    throw new UserError(first.message, { hints: [...first.hints, ...others, ...untold], exitCode: ExitCode.usage });
  }
}
