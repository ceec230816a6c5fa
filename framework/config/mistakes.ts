import { ExitCode, UserError } from '../errors';

/** Gathers mistakes, so that they are told all at once. */
export class Mistakes {
  private readonly found: UserError[] = [];

  /** @throws whatever is no mistake of the user's */
  add(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.found.push(error);
  }

  /** Does something, and keeps the mistake that it throws. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** @throws UserError of all that was added, where something was */
  throw(): void {
    // One mistake may be met in several places.
    const texts = new Set(this.found.map((error) => error.text));
    const [first] = this.found;
    if (!first) return;
    const others = [...texts].slice(1).map((text) => `\n${text}`);
    throw new UserError(first.message, { hints: [...first.hints, ...others], exitCode: ExitCode.usage });
  }
}
