/** Exit codes of `exp`, documented in docs/cli.md. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/**
 * A user mistake or a machine fault. The message says what is wrong and where; the hints, one line each, say what to do.
 * Printed without a stack trace unless `--debug` is given.
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

  /** The message and hints as printed in a terminal; a hint that begins with a newline is a separate error. */
  get text(): string {
    return [this.message, ...this.hints.map((hint) => (hint.startsWith('\n') ? hint : `  ${hint}`))].join('\n');
  }
}

/** The message of a thrown value of any type. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
