/** Exit codes of `exp`, documented in docs/cli.md. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/**
 * A mistake of the user's or a fault of the machine, told in three parts: what was wrong and where (the message), and what to do
 * (the hints, a line each). It is printed without a stack trace unless `--debug` is given.
 */
export class UserError extends Error {
  readonly hints: readonly string[];
  readonly exitCode: number;

  constructor(message: string, options: { hints?: readonly string[]; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.hints = options.hints ?? [];
    this.exitCode = options.exitCode ?? ExitCode.failed;
  }

  /** The message and its hints as they stand in a terminal; a hint that begins with a new line is an error of its own. */
  get text(): string {
    return [this.message, ...this.hints.map((hint) => (hint.startsWith('\n') ? hint : `  ${hint}`))].join('\n');
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
