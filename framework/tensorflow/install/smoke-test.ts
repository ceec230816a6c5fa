import { join } from 'node:path';
import { UserError } from '../../errors';
import { tellingLines, run } from '../../install/child';
import type { TensorFlowParts } from './source';

/** What an addon told when it was tried. */
export type SmokeTestResult = Pick<TensorFlowParts, 'version' | 'gpu'>;

interface TrialOptions {
  readonly log?: string;
  readonly signal?: AbortSignal;
  /** Libraries that are loaded after it. */
  readonly libraries?: readonly string[];
}

const LIMIT_SECONDS = 120;

/**
 * Loads an addon in a process of its own, where a crash does no harm, and computes 1 + 1 with it.
 * @throws UserError with what the process said
 */
export async function smokeTest(
  addon: string,
  { libraries = [], ...options }: TrialOptions = {},
): Promise<SmokeTestResult> {
  const args = ['-r', join(__dirname, '../../typescript.js'), join(__dirname, 'probe.ts'), addon, ...libraries];
  const { code, killedBy, stdout, output } = await run(process.execPath, args, {
    ...options,
    limitSeconds: LIMIT_SECONDS,
    environment: { TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  options.signal?.throwIfAborted();
  if (code === 0) return JSON.parse(stdout) as SmokeTestResult;
  const end = killedBy ? `it was ended by ${killedBy}` : `it ended with ${code ?? 'no exit code'}`;
  throw new UserError(`TensorFlow does not work in a trial: ${end}.`, {
    hints: [
      ...tellingLines(output, 5),
      ...(killedBy === 'SIGILL'
        ? [
            'This processor lacks instructions that the build wants, as AVX: name one that suits it: exp setup --tensorflow PATH',
          ]
        : []),
    ],
  });
}
